#pragma once

#include "core/error.h"
#include "system/process.h"

#include <string>
#include <string_view>

namespace capmin {

/// What a client said, on one line: it may quote a container.
std::string one_line(std::string_view text);

/// The error for a call of the engine that failed; `action` says what was attempted. Tells an
/// engine that cannot be reached, one that may not be used and one that does not answer apart.
Error engine_error(const std::string& engine, const std::string& action,
                   const ProcessResult& result);

}  // namespace capmin
