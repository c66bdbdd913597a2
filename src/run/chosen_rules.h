#pragma once

#include "diagnosis/rule_table.h"

#include <future>
#include <string>

namespace capmin {

/// The rules that a command works with.
struct ChosenRules {
  RuleTable table;
  std::string sha256;  ///< of all text that they were read from
};

/// The embedded rules, extended or replaced by those of the file `path`; empty stands for no file.
/// Throws Error kUsage where the file cannot be read or is not valid.
ChosenRules chosen_rules(const std::string& path);

/// The same, read while something else goes on: that takes as long as an engine's first answers.
/// Rules of a file are checked at once, and throw.
std::shared_future<ChosenRules> begin_reading_rules(const std::string& path);

}  // namespace capmin
