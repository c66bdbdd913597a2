#pragma once

#include "core/error.h"

#include <functional>
#include <optional>

namespace capmin {

/// The Error that `action` throws; nothing when it throws none.
inline std::optional<Error> error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// The exit code of the Error that `action` throws; kDone when it throws none.
inline ExitCode code_of(const std::function<void()>& action) {
  const auto error = error_of(action);
  return error ? error->code() : ExitCode::kDone;
}

}  // namespace capmin
