#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// Where a script is executed.
enum class ScriptPlace { kHost, kContainer };

/// Throws Error kUsage, with what mends it, where the kernel could not execute the file `path` that
/// holds `text`: a script without a first line that names its interpreter, with the line ends of
/// Windows there, or, on this host, with an interpreter that is not there. `role` is what the file
/// is to a person: "the probe".
void check_interpreter(const std::string& role, const std::string& path, std::string_view text,
                       ScriptPlace place);

}  // namespace capmin
