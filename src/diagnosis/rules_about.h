#pragma once

#include "diagnosis/rule_table.h"

#include <vector>

namespace capmin {

/// The rules that suspect the capability before all others; where there is none, those that
/// suspect it at all. Vague rules say nothing about a capability. They live as long as the table.
std::vector<const Rule*> rules_about(Capability capability, const RuleTable& table);

}  // namespace capmin
