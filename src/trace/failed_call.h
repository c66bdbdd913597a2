#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// A system call that failed as that of a process without a privilege does, as strace tells it. All
/// text is printable ASCII, but chosen by the traced programs.
struct FailedCall {
  std::string call;       ///< "chown"
  std::string error;      ///< EPERM, EACCES; of calls that lock memory also ENOMEM and EAGAIN
  std::string arguments;  ///< the first ones as strace prints them, shortened; of capset the names
                          ///< of what it asks for
  std::string process;    ///< the name of the program that called; may be empty
  int count = 1;
  friend bool operator==(const FailedCall&, const FailedCall&) = default;
};

/// The call in words: `nginx: chown("/var/lib/nginx/body", 33, 4294967295) = EPERM, 3 times`.
std::string to_text(const FailedCall& call);

}  // namespace capmin
