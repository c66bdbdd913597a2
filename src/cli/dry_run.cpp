#include "cli/dry_run.h"

#include "engine/arguments.h"
#include "text/quote.h"
#include "trial/trial.h"

#include <vector>

namespace capmin {
namespace {

/// The probe of trial `name` as a command line; what is known only while it runs stands in words.
std::string probe_command_text(const TrialSetup& setup, const std::string& name,
                               const Engine& engine) {
  switch (setup.probe.kind) {
    case Probe::Kind::kFile:
      return "CAPMIN_CONTAINER=" + name + " CAPMIN_NAME=" + name +
             " CAPMIN_ENGINE=" + engine.name() + " CAPMIN_IP=$(" +
             shell_quoted(engine.command_line(
                 {"inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                  name})) +
             ") " + shell_quoted(setup.probe.path) + '\n';
    case Probe::Kind::kExec:
      return shell_quoted(engine.command_line({"exec", name, kProbeInside})) + '\n';
    case Probe::Kind::kHealthcheck: {
      std::vector<std::string> arguments{"exec", name};
      arguments.insert(arguments.end(), setup.probe.program.begin(), setup.probe.program.end());
      return shell_quoted(engine.command_line(arguments)) + '\n';
    }
    case Probe::Kind::kExit:
      return shell_quoted(engine.command_line({"wait", name})) + '\n';
  }
  return {};
}

}  // namespace

std::string dry_run_text(const RunPlan& plan, const Engine& engine) {
  std::string text;
  for (const CapabilitySet grant : {plan.search.policy.ceiling, plan.search.policy.guess}) {
    const int number = grant == plan.search.policy.ceiling ? 0 : 1;
    const TrialIdentity identity = trial_identity(plan.setup, number, grant);
    const std::string& name = identity.name;
    text += "# trial " + std::to_string(number) + ": " + to_string(grant) + '\n';
    if (!plan.setup.reset.path.empty()) {
      text += "CAPMIN_ENGINE=" + engine.name() +
              " CAPMIN_PHASE=reset CAPMIN_TRIAL=" + std::to_string(number) + ' ' +
              shell_quoted(plan.setup.reset.path) + '\n';
    }
    for (const std::vector<std::string>& arguments : {trial_create_arguments(plan.setup, identity),
                                                      std::vector<std::string>{"start", name},
                                                      {"container", "inspect", name}}) {
      text += shell_quoted(engine.command_line(arguments)) + '\n';
    }
    text += probe_command_text(plan.setup, name, engine);
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"logs", name}, engine.remove_arguments(name)}) {
      text += shell_quoted(engine.command_line(arguments)) + '\n';
    }
  }
  return text;
}

}  // namespace capmin
