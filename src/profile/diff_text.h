#pragma once

#include "profile/profile_diff.h"

#include <string>

namespace capmin {

/// The difference for a terminal: a line for each change and a last one on the risk; says so when
/// there is none.
std::string to_text(const ProfileDiff& diff);

/// The difference as JSON: added and removed (each with name and risk), conditions and facts (each
/// with field, before and after), riskier.
std::string to_json(const ProfileDiff& diff);

/// The difference as two Markdown tables under a sentence on the risk.
std::string to_markdown(const ProfileDiff& diff);

}  // namespace capmin
