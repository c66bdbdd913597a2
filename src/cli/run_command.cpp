#include "cli/run_command.h"

#include "cli/options.h"
#include "cli/progress.h"
#include "cli/run_failure.h"
#include "cli/run_plan.h"
#include "cli/run_profile.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "diagnosis/embedded_rules.h"
#include "diagnosis/sanitize.h"
#include "engine/arguments.h"
#include "profile/profile_yaml.h"
#include "profile/summary.h"
#include "system/file.h"
#include "system/interruption.h"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace capmin {
namespace {

bool to_file(const RunOptions& options) {
  return !options.output.empty() && options.output != "-";
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

std::string headline(const RunOptions& options, const RunPlan& plan) {
  const std::string user = options.user.empty() ? plan.image.user : options.user;
  return "capmin  " + options.image + "  " + sanitize(plan.image.id.substr(0, 15)) + "  " +
         options.engine_command.front() + ' ' + sanitize(plan.engine.version) + "  user " +
         (user.empty() ? "root" : sanitize(user)) + "  ports " +
         (trial_sysctls(plan.setup.spec).empty() ? "engine" : "portable");
}

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
             ") " + shell_quoted({setup.probe.path}) + '\n';
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

/// The engine's commands of the first two trials, as a person can paste them.
std::string dry_run_text(const RunPlan& plan, const Engine& engine) {
  std::string text;
  for (const CapabilitySet grant : {plan.search.policy.ceiling, plan.search.policy.guess}) {
    const int number = grant == plan.search.policy.ceiling ? 0 : 1;
    const TrialIdentity identity = trial_identity(plan.setup, number, grant);
    const std::string& name = identity.name;
    text += "# trial " + std::to_string(number) + ": " + to_string(grant) + '\n';
    for (const std::vector<std::string>& arguments : {trial_create_arguments(plan.setup, identity),
                                                      std::vector<std::string>{"start", name},
                                                      {"container", "inspect", name}}) {
      text += shell_quoted(engine.command_line(arguments)) + '\n';
    }
    text += probe_command_text(plan.setup, name, engine);
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"logs", name}, {"rm", "-f", "-v", name}}) {
      text += shell_quoted(engine.command_line(arguments)) + '\n';
    }
  }
  return text;
}

void report_leftovers(const Engine& engine, Terminal& terminal) {
  for (const std::string& command : engine.leftovers()) {
    terminal.line("warning: something could not be removed; remove it with: " + command);
  }
}

struct Finish {
  const RunOptions& options;
  const RunPlan& plan;
  const SearchResult& result;
  Terminal& terminal;
  double seconds;

  int operator()(const RunTrials&) const {
    throw Error(ExitCode::kInternal, "the search ended although it wanted more trials");
  }
  int operator()(const CeilingFails& verdict) const {
    throw failure_of(verdict, options, plan, result);
  }
  int operator()(const Unstable& verdict) const { throw failure_of(verdict, options, result); }
  int operator()(const Undecided& verdict) const { throw failure_of(verdict, result); }
  int operator()(const Minimal& answer) const {
    const Profile profile = profile_of(options, plan, result, answer, now_utc(), seconds);
    const std::string text = options.json ? to_json(profile) : to_yaml(profile);
    if (to_file(options)) {
      write_file(options.output, text);
    } else {
      write_standard_output(text);
    }
    if (options.verbosity != Verbosity::kQuiet) {
      terminal.line("\n" + summary(profile, to_file(options) ? options.output : ""));
    }
    return static_cast<int>(ExitCode::kDone);
  }
};

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  const RunOptions options = parse_run_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  if (to_file(options) && !options.dry_run) check_writable(options.output);

  ProcessRunner runner;
  Engine engine(runner, options.engine_command);
  const RunPlan plan = make_run_plan(options, engine);
  if (options.dry_run) {
    write_standard_output(dry_run_text(plan, engine));
    return static_cast<int>(ExitCode::kDone);
  }

  Terminal terminal(options.color);
  Progress progress(terminal, plan.search.policy.ceiling);
  const bool quiet = options.verbosity == Verbosity::kQuiet;
  if (!quiet) terminal.line(headline(options, plan));
  const RuleTable rules = RuleTable::parse(embedded_rules(), "embedded rules");
  const Interruption interruption("\nstopped at once; remove what is left with: " + engine.name() +
                                  " ps -aq --filter label=capmin.run=" + plan.setup.run_id +
                                  " | xargs -r " + engine.name() + " rm -f -v\n");
  const auto begin = std::chrono::steady_clock::now();
  const RunTrial trial = [&](int number, CapabilitySet grant, std::chrono::milliseconds deadline,
                             const std::stop_token& stop) {
    return run_trial(plan.setup, number, grant, deadline, engine, runner, stop);
  };
  const SearchResult result = search(
      plan.search, rules, trial, quiet ? SearchEvents{} : progress.events(), interruption.token());
  report_leftovers(engine, terminal);
  if (!result.verdict) {
    terminal.line("interrupted; the containers of this run are removed");
    return static_cast<int>(interruption.signal() == SIGINT ? ExitCode::kInterrupted
                                                            : ExitCode::kTerminated);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  return std::visit(Finish{options, plan, result, terminal, seconds.count()}, *result.verdict);
}

}  // namespace capmin
