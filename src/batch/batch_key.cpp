#include "batch/batch_key.h"

#include "engine/choice.h"
#include "engine/engine.h"
#include "run/run_journal.h"
#include "run/run_plan.h"
#include "system/file.h"
#include "system/tree_hash.h"

#include <cstdlib>

namespace capmin {
namespace {

/// What the container is given beyond its options' words; false where a part cannot be read whole.
bool add_contents(const ContainerSpec& spec, SearchFacts& facts) {
  for (const EngineOption& option : spec.options) {
    if (option.name == "--env-file") facts.emplace_back("env-file", read_file(*option.value));
    if (option.name != "--env" || option.value->find('=') != std::string::npos) continue;
    const char* const ours = std::getenv(option.value->c_str());
    facts.emplace_back("env", ours == nullptr ? "unset" : '=' + std::string(ours));
  }
  for (const Volume& volume : spec.volumes) {
    if (volume.kind != Volume::Kind::kBind) continue;
    const std::optional<std::string> content = tree_hash(volume.source);
    if (!content) return false;
    facts.emplace_back("mount", *content);
  }
  return true;
}

}  // namespace

std::string batch_key(RunOptions options, const std::string& mode, const VerifyBench& bench) {
  // How many run at once changes no result.
  options.jobs = 1;
  RunPlan plan = begin_run_plan(options);
  Engine engine(bench.runner, choose_engine(options.engine, bench.runner).command);
  complete_run_plan(options, engine, plan);
  SearchFacts facts = search_facts(options, plan, bench.rules.sha256);
  facts.emplace_back("version", CAPMIN_VERSION);
  facts.emplace_back("mode", mode);
  facts.emplace_back("rootless", plan.engine.rootless ? "yes" : "no");
  facts.emplace_back("seccomp", plan.engine.seccomp);
  facts.emplace_back("runtime", plan.engine.runtime);
  if (!add_contents(plan.setup.spec, facts)) return {};
  std::string text;
  for (const auto& [name, value] : facts) {
    text.append(name).append(" ").append(std::to_string(value.size()));
    text.append(" ").append(value).append("\n");
  }
  return sha256(text);
}

}  // namespace capmin
