#pragma once

#include "engine/choice.h"
#include "run/option_values.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin explain` was asked to do.
struct ExplainOptions {
  std::vector<std::string> subjects;  ///< capabilities, masks and logs; "-" is standard input
  std::string container;              ///< --container; empty without
  std::string profile;                ///< --profile; empty without
  std::string rules;                  ///< --rules; empty without
  bool json = false;                  ///< --format json; goes with logs alone
  EngineRequest engine;               ///< with --container
  bool has_engine = false;            ///< some option about the engine is given
};

/// What `capmin rules` was asked to do.
struct RulesOptions {
  enum class Action { kList, kCheck, kTest };
  Action action = Action::kList;
  std::string rules;  ///< the rule file; empty without
  std::string log;    ///< the log of kTest; "-" is standard input
};

/// Read the arguments behind `capmin explain` and `capmin rules`. Throw Error kUsage, with what to
/// write instead, for everything that is not understood.
ExplainOptions parse_explain_options(const std::vector<std::string>& arguments);
RulesOptions parse_rules_options(const std::vector<std::string>& arguments);

/// The help texts of the two commands.
std::string explain_help();
std::string rules_help();

/// The options of the two commands.
std::vector<ListedOption> explain_option_list();
std::vector<ListedOption> rules_option_list();

}  // namespace capmin
