#include "cli/options_diagnosis.h"

#include "run/option_values.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;
using std::vector;

constexpr const char* kExplainHint = "see capmin explain --help";
constexpr const char* kRulesHint = "see capmin rules --help";

po::options_description explain_table() {
  po::options_description table("Options");
  const auto text = [](const char* name) { return po::value<string>()->value_name(name); };
  table.add_options()("rules", text("FILE"), "ask the rules of this file first")(
      "format", text("text|json"), "of what is said of logs (default: text)")(
      "container", text("NAME"), "show the capability sets of a running container")(
      "profile", text("FILE"), "with --container: compare them with this profile")(
      "engine", text("auto|docker|podman"), "as for capmin run")(
      "host", text("URL"), "the engine's address, as docker --host")("context", text("NAME"),
                                                                     "as docker --context")(
      "engine-timeout", text("TIME"), "of each call of the engine (default: 30s)")("help,h",
                                                                                   "print this");
  return table;
}

po::options_description rules_table() {
  po::options_description table("Options");
  table.add_options()("rules", po::value<string>()->value_name("FILE"),
                      "with list: show the rules as this file extends or replaces them")(
      "help,h", "print this");
  return table;
}

/// For options that may not stand twice.
void set_once(string& target, const GivenOption& option, const char* hint) {
  if (!target.empty()) usage_error("--" + option.name + " is given twice", hint);
  target = option.value;
  if (target.empty()) usage_error("--" + option.name + " is empty", hint);
}

void check(const ExplainOptions& options) {
  if (options.container.empty()) {
    if (!options.profile.empty() || options.has_engine) {
      usage_error("--profile, --engine, --host and --context go with --container NAME",
                  kExplainHint);
    }
    return;
  }
  if (!options.subjects.empty() || !options.rules.empty()) {
    usage_error("--container goes with neither --rules nor anything else to explain", kExplainHint);
  }
  if (options.json) usage_error("--format json goes with logs, not with --container", kExplainHint);
  if (options.container.starts_with('-')) {
    usage_error("'" + options.container + "' is no container's name", kExplainHint);
  }
}

}  // namespace

ExplainOptions parse_explain_options(const vector<string>& arguments) {
  ExplainOptions options;
  for (const GivenOption& option :
       given_options(arguments, explain_table(), "word", kExplainHint)) {
    const string& name = option.name;
    if (name == "word") {
      options.subjects.push_back(option.value);
    } else if (name == "rules") {
      set_once(options.rules, option, kExplainHint);
    } else if (name == "format") {
      options.json = chosen<bool>(name, option.value, {{"text", false}, {"json", true}});
    } else if (name == "container") {
      set_once(options.container, option, kExplainHint);
    } else if (name == "profile") {
      set_once(options.profile, option, kExplainHint);
    } else {
      read_engine_option(name, option.value, options.engine);
      options.has_engine = true;
    }
  }
  check(options);
  if (options.container.empty() && options.subjects.empty()) options.subjects = {"-"};
  if (std::ranges::count(options.subjects, "-") > 1) {
    usage_error("standard input can be read only once", kExplainHint);
  }
  return options;
}

RulesOptions parse_rules_options(const vector<string>& arguments) {
  RulesOptions options;
  vector<string> words;
  for (const GivenOption& option : given_options(arguments, rules_table(), "word", kRulesHint)) {
    if (option.name == "rules") set_once(options.rules, option, kRulesHint);
    if (option.name == "word") words.push_back(option.value);
  }
  if (words.empty()) usage_error("capmin rules needs list, check or test", kRulesHint);
  const string action = words.front();
  const std::size_t files = words.size() - 1;
  if (action == "list") {
    if (files != 0)
      usage_error("capmin rules list takes no file", "capmin rules list --rules FILE");
    return options;
  }
  if (action != "check" && action != "test") {
    usage_error("capmin rules does not take '" + action + "'", "it takes list, check and test");
  }
  if (!options.rules.empty()) usage_error("--rules goes with capmin rules list", kRulesHint);
  const bool is_test = action == "test";
  if (files != (is_test ? 2U : 1U)) {
    usage_error(is_test ? "capmin rules test needs a rule file and a log"
                        : "capmin rules check needs one rule file",
                is_test ? "capmin rules test FILE LOG" : "capmin rules check FILE");
  }
  options.action = is_test ? RulesOptions::Action::kTest : RulesOptions::Action::kCheck;
  options.rules = words[1];
  if (is_test) options.log = words[2];
  return options;
}

vector<ListedOption> explain_option_list() {
  return listed(explain_table());
}

vector<ListedOption> rules_option_list() {
  return listed(rules_table());
}

string explain_help() {
  std::ostringstream options;
  options << explain_table();
  return help_text("explain", options.str());
}

string rules_help() {
  std::ostringstream options;
  options << rules_table();
  return help_text("rules", options.str());
}

}  // namespace capmin
