#include "run/run_journal.h"

#include "run/container_contents.h"
#include "system/file.h"
#include "trial/trial.h"

#include <string>
#include <string_view>

namespace capmin {
namespace {

/// A hash of all options that reach the container or the judgement; their values may be secrets.
std::string hash_of_options(const RunOptions& options, const RunPlan& plan) {
  const TrialIdentity nobody{.name = {}, .labels = {}, .grant = {}};
  std::string text;
  for (const std::string& argument : trial_create_arguments(plan.setup, nobody)) {
    text += argument + '\0';
  }
  text += options.timeout ? std::to_string(options.timeout->count()) : "derived";
  text += options.probe.oneshot ? " oneshot" : "";
  text += options.scenario.restart ? " restart" : "";
  text += options.scenario.graceful_stop ? " graceful-stop" : "";
  text += options.scenario.probe_after_stop ? " probe-after-stop" : "";
  text += " settle " + std::to_string(options.scenario.settle.count());
  text += options.strict ? " strict" : "";
  text += plan.setup.spec.keep_volumes ? " keep-volumes" : "";
  return sha256(text);
}

std::string probe_text(const RunPlan& plan) {
  return std::to_string(static_cast<int>(plan.setup.probe.kind)) + ' ' + plan.setup.probe.sha256;
}

std::string search_text(const Policy& policy) {
  return to_string(policy.ceiling) + " level " + std::to_string(static_cast<int>(policy.level)) +
         " confirm " + std::to_string(policy.confirm);
}

}  // namespace

SearchFacts search_facts(const RunOptions& options, const RunPlan& plan,
                         const std::string& rules_sha256) {
  const std::string_view version = CAPMIN_VERSION;
  SearchFacts facts{{"capmin", std::string(version.substr(0, version.find('.')))},
                    {"image", plan.image.id},
                    {"probe", probe_text(plan)},
                    {"engine", plan.engine.name + ' ' + plan.engine.version},
                    {"options", hash_of_options(options, plan)},
                    {"variables", hash_of_variables(plan.setup.spec, plan.setup.files)},
                    {"mounts", hash_of_mounts(plan.setup.spec)},
                    {"search", search_text(plan.search.policy)},
                    {"rules", rules_sha256}};
  if (!plan.setup.reset.path.empty()) facts.emplace_back("reset", plan.setup.reset.sha256);
  if (plan.engine.userns_remap.value_or(false)) facts.emplace_back("userns", "remapped");
  // What passed or failed under strace is no fact about the container alone, and a search without
  // strace would not try its answer again.
  if (!plan.setup.straced.empty()) facts.emplace_back("evidence", "strace");
  return facts;
}

std::optional<Journal> open_journal(const RunOptions& options, const RunPlan& plan,
                                    const std::string& rules_sha256) {
  if (!options.writes_file()) return std::nullopt;
  return std::optional<Journal>(std::in_place, journal_path(options.output),
                                search_facts(options, plan, rules_sha256),
                                options.resume ? Journal::Mode::kResume : Journal::Mode::kStart);
}

}  // namespace capmin
