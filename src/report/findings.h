#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// One remark on a line of a profile, for tools that show remarks beside lines.
struct Finding {
  enum class Level { kNote, kWarning, kError };
  Level level = Level::kNote;
  std::string id;  ///< a capability's name, or "verdict", "warning" or "riskier"
  int line = 1;
  std::string title;  ///< short; untrusted, as is the text
  std::string text;   ///< one line
};

/// The remarks of a report: the verdict, each capability (low risk: a note, medium: a warning,
/// high: an error), each warning, and that the set has become riskier.
std::vector<Finding> findings_of(const Report& report);

}  // namespace capmin
