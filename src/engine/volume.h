#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// A --volume argument, taken apart as docker takes it: [SOURCE:]TARGET[:OPTIONS].
struct Volume {
  enum class Kind {
    kAnonymous,  ///< no source: the engine makes a fresh one for each container
    kNamed,      ///< a volume that the engine keeps
    kBind,       ///< a file or directory of the host
  };
  Kind kind = Kind::kAnonymous;
  std::string source;   ///< name or absolute path; empty when anonymous
  std::string target;   ///< absolute path inside the container
  std::string options;  ///< as given; may be empty
  bool read_only = false;

  friend bool operator==(const Volume&, const Volume&) = default;
};

/// Reads a --volume argument; a relative source ("./data") counts from the working directory.
/// Throws Error kUsage where it is not one.
Volume parse_volume(std::string_view argument);

/// The --volume argument for `volume`.
std::string to_argument(const Volume& volume);

}  // namespace capmin
