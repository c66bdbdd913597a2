#pragma once

#include "core/error.h"
#include "system/process.h"

#include <string>
#include <string_view>
#include <utility>

namespace capmin {

/// A container that an engine at work would not make or start. It is engine trouble until it is
/// known to be the fault of the image or of the options.
class RefusedContainer : public Error {
 public:
  /// `words` are the engine's own.
  RefusedContainer(const Error& error, std::string words)
      : Error(error), words_(std::move(words)) {}

  const std::string& words() const { return words_; }

 private:
  std::string words_;
};

/// What a client said, on one line: it may quote a container.
std::string one_line(std::string_view text);

/// The error for a call of the engine that failed; `action` says what was attempted. Tells an
/// engine that cannot be reached, one that may not be used and one that does not answer apart.
Error engine_error(const std::string& engine, const std::string& action,
                   const ProcessResult& result);

}  // namespace capmin
