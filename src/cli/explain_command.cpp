#include "cli/explain_command.h"

#include "cli/explain_text.h"
#include "cli/log_input.h"
#include "cli/options_diagnosis.h"
#include "core/error.h"
#include "engine/engine.h"
#include "profile/profile_yaml.h"
#include "run/chosen_rules.h"
#include "system/file.h"
#include "system/standard_output.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace capmin {
namespace {

constexpr const char* kNoSuchSubject =
    "what is no capability of capabilities(7) and no mask is taken for a log; - is standard input";

bool is_mask(const std::string& subject) {
  return !capability_named(subject) && mask_named(subject);
}

std::string subject_text(const std::string& subject, const RuleTable& rules) {
  if (const auto capability = capability_named(subject)) return capability_text(*capability, rules);
  return log_text(subject, read_log(subject, kNoSuchSubject), rules);
}

/// The logs, all of which must be some: a capability and a mask are told to people.
std::vector<std::pair<std::string, std::string>> read_logs(
    const std::vector<std::string>& subjects) {
  for (const std::string& subject : subjects) {
    if (!capability_named(subject) && !is_mask(subject)) continue;
    throw Error(ExitCode::kUsage, "--format json is for logs, and '" + subject + "' is none",
                "a file of that name is written ./" + subject);
  }
  std::vector<std::pair<std::string, std::string>> logs;
  for (const std::string& subject : subjects) {
    logs.emplace_back(subject == "-" ? "standard input" : subject,
                      read_log(subject, kNoSuchSubject));
  }
  return logs;
}

std::string container_text(const ExplainOptions& options) {
  std::optional<Profile> profile;
  if (!options.profile.empty()) {
    profile = profile_from_yaml(read_file(options.profile), options.profile);
  }
  ProcessRunner runner;
  Engine engine(runner, choose_engine(options.engine, runner).command, options.engine.timeout);
  const std::optional<ContainerFacts> found = engine.find_container(options.container);
  if (!found) {
    throw Error(ExitCode::kUsage, "there is no container " + options.container + " on this engine",
                "see " + engine.name() + " ps");
  }
  const ContainerFacts& facts = *found;
  if (!facts.running) {
    throw Error(ExitCode::kUsage, "the container " + options.container + " does not run",
                "start it: " + engine.name() + " start " + options.container);
  }
  const std::optional<KernelSets> sets = kernel_sets_of_container(facts.id, facts.pid);
  if (!sets) {
    throw Error(ExitCode::kEngine,
                "the first process of the container " + options.container + " (process " +
                    std::to_string(facts.pid) + " where the engine runs) is not visible from here",
                "run capmin where the engine runs, in its process namespace; or: " + engine.name() +
                    " exec " + options.container +
                    " grep Cap /proc/1/status, then capmin explain MASK");
  }
  return sets_text(options.container, facts.pid, *sets, profile ? &*profile : nullptr);
}

}  // namespace

int explain_command(const std::vector<std::string>& arguments) {
  const ExplainOptions options = parse_explain_options(arguments);
  if (!options.container.empty()) {
    write_standard_output(container_text(options));
    return static_cast<int>(ExitCode::kDone);
  }
  std::optional<ChosenRules> rules;
  if (options.json || !options.rules.empty() || !std::ranges::all_of(options.subjects, is_mask)) {
    rules.emplace(chosen_rules(options.rules));
  }
  if (options.json) {
    write_standard_output(logs_json(read_logs(options.subjects), rules->table));
    return static_cast<int>(ExitCode::kDone);
  }
  bool first = true;
  bool was_mask = false;
  for (const std::string& subject : options.subjects) {
    const bool stands_close = is_mask(subject) && was_mask;
    const std::string text =
        is_mask(subject) ? mask_text(*mask_named(subject)) : subject_text(subject, rules->table);
    // Masks stand one below the other, as a table.
    write_standard_output((first || stands_close ? "" : "\n") + text);
    first = false;
    was_mask = is_mask(subject);
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace capmin
