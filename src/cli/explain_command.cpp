#include "cli/explain_command.h"

#include "cli/chosen_rules.h"
#include "cli/explain_text.h"
#include "cli/log_input.h"
#include "cli/options_diagnosis.h"
#include "cli/standard_output.h"
#include "core/error.h"
#include "engine/engine.h"
#include "profile/profile_yaml.h"
#include "system/file.h"

#include <optional>

namespace capmin {
namespace {

constexpr const char* kNoSuchSubject =
    "what is no capability of capabilities(7) and no mask is taken for a log; - is standard input";

std::string subject_text(const std::string& subject, const RuleTable& rules) {
  if (const auto capability = capability_named(subject)) return capability_text(*capability, rules);
  if (const auto mask = mask_named(subject)) return mask_text(*mask);
  return log_text(subject, read_log(subject, kNoSuchSubject), rules);
}

std::string container_text(const ExplainOptions& options) {
  std::optional<Profile> profile;
  if (!options.profile.empty()) {
    profile = profile_from_yaml(read_file(options.profile), options.profile);
  }
  ProcessRunner runner;
  Engine engine(runner, options.engine_command);
  const ContainerFacts facts = engine.inspect(options.container);
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
  const ChosenRules rules = chosen_rules(options.rules);
  bool first = true;
  bool was_mask = false;
  for (const std::string& subject : options.subjects) {
    const std::string text = subject_text(subject, rules.table);
    const bool is_mask = !capability_named(subject) && mask_named(subject);
    // Masks stand one below the other, as a table.
    write_standard_output((first || (is_mask && was_mask) ? "" : "\n") + text);
    first = false;
    was_mask = is_mask;
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace capmin
