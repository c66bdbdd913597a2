#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin rules`: lists the rules, checks a rule file, or shows what its rules make of a log.
/// Returns the exit status or throws Error.
int rules_command(const std::vector<std::string>& arguments);

}  // namespace capmin
