#include "cli/commands.h"
#include "engine/arguments.h"
#include "options/run_options.h"
#include "profile/profile_yaml.h"
#include "profile/sentences.h"
#include "run/image_search.h"
#include "run/likeness.h"
#include "run/probe_advice.h"
#include "run/terminal.h"
#include "system/file.h"
#include "system/interruption.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/words.h"
#include "trial/trial.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace capmin {
namespace {

/// The probe of trial `name` as a command line; what is known only while it runs stands in words.
std::string probe_command_text(const TrialSetup& setup, const std::string& name,
                               const Engine& engine) {
  switch (setup.probe.kind) {
    case Probe::Kind::kFile:
    case Probe::Kind::kCommand:
      return "CAPMIN_CONTAINER=" + name + " CAPMIN_NAME=" + name +
             " CAPMIN_ENGINE=" + engine.name() + " CAPMIN_IP=$(" +
             shell_quoted(engine.command_line(
                 {"inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                  name})) +
             ") " +
             shell_quoted(setup.probe.kind == Probe::Kind::kFile
                              ? std::vector<std::string>{setup.probe.path}
                              : std::vector<std::string>{"/bin/sh", "-c", setup.probe.line}) +
             '\n';
    case Probe::Kind::kExec:
      return shell_quoted(engine.command_line({"exec", name, kProbeInside})) + '\n';
    case Probe::Kind::kExecCommand:
      return shell_quoted(engine.command_line({"exec", name, "/bin/sh", "-c", setup.probe.line})) +
             '\n';
    case Probe::Kind::kNetwork:
      return "# capmin asks " + sanitize(setup.probe.line) + " of " + name + " by itself\n";
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

namespace {

/// The set that `given`, the value of --start-with, names; empty without one.
CapabilitySet set_to_start_with(const std::string& given, CapabilitySet ceiling) {
  if (given.empty()) return {};
  const bool is_path = given.find_first_of("./") != std::string::npos ||
                       std::filesystem::exists(std::filesystem::path(given));
  CapabilitySet set;
  if (is_path) {
    const Profile profile = profile_from_yaml(read_file(given), given);
    set = profile.add | conditional_set(profile);
  } else {
    set = parse_capabilities(given, "start-with");
  }
  if (ceiling.contains(set)) return set;
  usage_error("--start-with names " + to_string(set - ceiling) + ", which trials may not grant",
              "add them with --allow");
}

/// One `capmin run` from its plan to its exit status.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        terminal_(options.color),
        search_(options,
                {runner_, begin_reading_rules(options.rules), is_quiet() ? nullptr : &terminal_}) {}

  ExitCode operator()();

 private:
  bool is_quiet() const { return options_.verbosity == Verbosity::kQuiet; }
  void note_options_without_effect();
  ExitCode finish(const FoundProfile& found);
  ExitCode finish(const CutShort& cut, ExitCode interrupted);
  void write(const Profile& profile);
  /// What is known of a set that passed, before it has passed without strace.
  std::string works() const {
    return search_.rests_on_strace() ? "worked under strace, untried without" : "works";
  }

  const RunOptions& options_;
  Terminal terminal_;
  ProcessRunner runner_;
  ImageSearch search_;
};

void Run::note_options_without_effect() {
  if (options_.without_effect.empty() || is_quiet()) return;
  const bool is_one = options_.without_effect.size() == 1;
  terminal_.line("note: " + sanitize(joined(options_.without_effect, " ")) +
                 (is_one ? " changes" : " change") +
                 " nothing here: each trial has a container of its own, which capmin names, starts "
                 "once, watches and removes");
}

ExitCode Run::operator()() {
  note_options_without_effect();
  if (options_.dry_run) {
    search_.prepare();
    write_standard_output(dry_run_text(search_.plan(), search_.engine()));
    return ExitCode::kDone;
  }
  search_.prepare_to_trace();
  const Interruption interruption(
      terminal_.last_words("stopped at once; containers are removed within seconds, or by: " +
                           shell_quoted(clean_command_line(search_.engine().command_line({})))));
  search_.announce();
  SearchStart start{
      .guess = set_to_start_with(options_.start_with, search_.plan().search.policy.ceiling)};
  if (options_.writes_file()) {
    start.journal = {.path = journal_path(options_.output),
                     .mode = options_.resume ? Journal::Mode::kResume : Journal::Mode::kStart};
  }
  const SearchOutcome outcome = search_.search(start, interruption.token());
  for (const std::string& command : search_.engine().leftovers()) {
    terminal_.line("warning: something could not be removed; remove it with: " + command);
  }
  if (const auto* const error = std::get_if<Error>(&outcome)) throw *error;
  if (const auto* const cut = std::get_if<CutShort>(&outcome)) {
    return finish(*cut, interruption.exit_code());
  }
  return finish(std::get<FoundProfile>(outcome));
}

ExitCode Run::finish(const FoundProfile& found) {
  write(found.profile);
  search_.forget_trials();
  return ExitCode::kDone;
}

/// Writes a set that passed; where a signal came, only below the ceiling, and not in the place of a
/// profile, which may be a whole one.
ExitCode Run::finish(const CutShort& cut, ExitCode interrupted) {
  const std::string goes_on = "the same command with --resume goes on from here";
  if (!cut.by.empty()) {
    const std::string hint =
        options_.writes_file() ? goes_on : "give it more, or -o FILE and --resume";
    if (!cut.best) {
      throw Error(ExitCode::kBudget, cut.by + " was used up before any set passed", hint);
    }
    write(*cut.best);
    terminal_.line("error: " + cut.by + " was used up; what is written " + works() +
                   ", but is not proven to be minimal\n  hint: " + hint);
    return ExitCode::kBudget;
  }
  std::error_code ignored;
  if (!cut.best || cut.best->add == search_.plan().search.policy.ceiling) {
    // Nothing that the user did not know before.
  } else if (options_.writes_file() && !std::filesystem::exists(options_.output, ignored)) {
    write(*cut.best);
    terminal_.line("what is written " + works() + ", but is not proven to be minimal");
  } else {
    terminal_.line("so far " + to_string(cut.best->add) + ' ' + works() +
                   ", which is not proven to be minimal; nothing is written");
  }
  terminal_.line("interrupted; the containers of this run are removed");
  if (options_.writes_file()) terminal_.line("  hint: " + goes_on);
  return interrupted;
}

void Run::write(const Profile& profile) {
  const std::string text = options_.json ? to_json(profile) : to_yaml(profile);
  if (options_.writes_file()) {
    write_file(options_.output, text);
  } else {
    write_standard_output(text);
  }
  if (is_quiet()) return;
  const bool is_verbose = options_.verbosity == Verbosity::kVerbose;
  // Longer lines are hard to read, whatever the screen has.
  constexpr std::size_t kWidest = 100;
  const std::size_t width = std::min(terminal_.columns().value_or(kWidest), kWidest);
  std::string told = "\n" + summary(profile, options_.writes_file() ? options_.output : "", width) +
                     (is_verbose ? unneeded_text(profile) : "");
  told.pop_back();  // the last line break
  terminal_.line(told);
}

void make_like_container(RunOptions& options) {
  ProcessRunner runner;
  const std::vector<std::string> lines = take_likeness(options, runner);
  if (options.verbosity == Verbosity::kQuiet) return;
  Terminal terminal(options.color);
  for (const std::string& line : lines) {
    terminal.line(line);
  }
}

}  // namespace

ExitCode run_command(const std::vector<std::string>& arguments) {
  RunOptions options = parse_run_options(arguments);
  options.as_given = arguments;
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  if (options.writes_file() && !options.dry_run) check_writable(options.output);
  if (!options.like.empty()) make_like_container(options);
  if (!options.has_probe) throw Error(missing_probe(options.image, options.engine));
  return Run(options)();
}

}  // namespace capmin
