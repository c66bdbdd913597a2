#pragma once

#include "diagnosis/clue.h"

#include <optional>
#include <vector>

namespace capmin {

/// The clue that lies in how a trial ended, for trials whose lines gave `clues`: nothing where one
/// of those is exact and not optional, or where the ending speaks for nothing.
///  - Exit status 126, a shell's and an engine's word for a program that may not be executed
///    (POSIX, Shell Command Language 2.8.2).
///  - A job that ended with status 0 and whose probe fails, although CHOWN was granted or the log
///    tells of files given away: without FSETID the kernel drops their set-group-ID bits and says
///    nothing (chmod(2)).
std::optional<Clue> ending_clue(const Evidence& evidence, const std::vector<Clue>& clues);

}  // namespace capmin
