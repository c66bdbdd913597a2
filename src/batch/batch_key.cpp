#include "batch/batch_key.h"

#include "engine/choice.h"
#include "engine/engine.h"
#include "run/container_contents.h"
#include "run/run_journal.h"
#include "run/run_plan.h"
#include "system/file.h"

namespace capmin {

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
  std::string text;
  for (const auto& [name, value] : facts) {
    if (name == "mounts" && value == kUnknownContents) return {};
    text.append(name).append(" ").append(std::to_string(value.size()));
    text.append(" ").append(value).append("\n");
  }
  return sha256(text);
}

}  // namespace capmin
