#include "cli/commands.h"
#include "compose/merged_files.h"
#include "compose/stack_run.h"
#include "profile/profile_yaml.h"
#include "report/formats.h"
#include "run/terminal.h"
#include "system/file.h"
#include "system/interruption.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// One `capmin compose` from its file to its exit status.
class ComposeRun {
 public:
  explicit ComposeRun(const ComposeOptions& options)
      : options_(options),
        terminal_(options.common.color),
        interruption_(terminal_.last_words(
            "stopped at once; what was made is removed within seconds, or by: capmin clean")),
        rules_(begin_reading_rules(options.common.rules)),
        session_(options, runner_, interruption_.token()) {}

  ExitCode operator()();

 private:
  ExitCode run();
  ExitCode interrupted() {
    terminal_.line("interrupted; containers, networks and volumes of this run are removed");
    return interruption_.exit_code();
  }
  bool is_quiet() const { return options_.common.verbosity == Verbosity::kQuiet; }
  void say(const std::string& line) {
    if (!is_quiet()) terminal_.line(line);
  }
  void check_outputs(const std::vector<ServicePlan>& plans);
  void tell_of(const StackSession::Plans& plans);
  std::string profile_path(const std::string& service) const {
    return (fs::path(options_.directory) / (service + ".yaml")).string();
  }
  void keep(const ServiceResult& result);
  void write_report(const StackResult& result);
  void write_files(const StackResult& result);
  void tell_result(const StackResult& result);

  const ComposeOptions& options_;
  Terminal terminal_;
  Interruption interruption_;
  ProcessRunner runner_;
  std::shared_future<ChosenRules> rules_;
  StackSession session_;
};

void ComposeRun::tell_of(const StackSession::Plans& plans) {
  for (const ServiceLeftAlone& left : plans.left_alone) {
    if (left.is_refused && !options_.services.empty()) {
      throw Error(ExitCode::kUsage,
                  "the service " + left.service + " cannot be tried: " + left.reason,
                  "change the file, or name other services with --service");
    }
    say("the service " + left.service + " is left alone: " + left.reason);
  }
  if (plans.services.empty()) {
    throw Error(ExitCode::kUsage, "no service has a probe, and nothing else can tell what works",
                "give --probe SERVICE=FILE, or x-capmin: {probe: FILE} in the file");
  }
}

/// What cannot be written is told before anything is tried.
void ComposeRun::check_outputs(const std::vector<ServicePlan>& plans) {
  if (!options_.directory.empty()) {
    std::error_code error;
    fs::create_directories(options_.directory, error);
    if (error) {
      throw Error(ExitCode::kOutput,
                  "cannot make the directory " + options_.directory + ": " + error.message());
    }
    for (const ServicePlan& plan : plans) {
      check_writable(profile_path(plan.service));
    }
  }
  if (!options_.in_place && options_.files.files.size() > 1) return;
  std::map<std::string, CapabilitySet> sets;
  for (const ServicePlan& plan : plans) {
    sets[plan.service] = {Capability::kChown};
  }
  for (const MergedFile& file :
       merged_files(session_, options_.files, sets, interruption_.token())) {
    if (options_.in_place) check_writable(file.path);
  }
}

void ComposeRun::keep(const ServiceResult& result) {
  if (!result.profile || options_.directory.empty()) return;
  const std::string path = profile_path(result.service);
  // What is not proven to the end takes no profile's place.
  write_file(is_complete(*result.profile) ? path : path + ".new", to_yaml(*result.profile));
}

void ComposeRun::write_report(const StackResult& result) {
  if (options_.directory.empty()) return;
  std::vector<Report> reports;
  for (const ServiceResult& each : result.services) {
    if (!each.profile || !is_complete(*each.profile)) continue;
    const std::string path = profile_path(each.service);
    reports.push_back(report_of({path, *each.profile, places_in(to_yaml(*each.profile), path)},
                                rules_.get().table));
  }
  if (reports.empty()) return;
  const std::string path = (fs::path(options_.directory) / "report.html").string();
  write_file(path, to_html(reports));
  say("report of all: " + path);
}

void ComposeRun::write_files(const StackResult& result) {
  const std::map<std::string, CapabilitySet> sets = result.proven_sets();
  if (!options_.in_place && options_.files.files.size() > 1) {
    return write_standard_output(file_with_sets(session_.stack(), sets));
  }
  const std::vector<MergedFile> files =
      merged_files(session_, options_.files, sets, interruption_.token());
  for (const MergedFile& file : files) {
    for (const std::string& warning : file.warnings) {
      terminal_.line("warning: " + sanitize(file.path + ": " + warning));
    }
    if (options_.in_place) {
      write_file(file.path, file.text);
      say("written: " + file.path);
    }
  }
  if (options_.in_place) {
    if (files.empty()) say("the files have these sets already");
  } else {
    write_standard_output(files.empty() ? read_file(options_.files.files.front())
                                        : files.front().text);
  }
}

void ComposeRun::tell_result(const StackResult& result) {
  std::size_t widest = 0;
  for (const ServiceResult& each : result.services) {
    widest = std::max(widest, each.service.size());
  }
  std::string text = "\n";
  for (const ServiceResult& each : result.services) {
    const std::string blanks(widest - each.service.size() + 2, ' ');
    text += "  " + each.service + blanks;
    if (each.error) {
      text += each.profile ? "not proven to the end: " + to_string(each.profile->add)
                           : "no set: " + sanitize(each.error->what());
    } else {
      text += each.set.empty() ? "no capability" : to_string(each.set);
      text += "  (" + std::to_string(each.profile->run.trials) + " runs)";
    }
    text += '\n';
  }
  switch (result.joint.proof) {
    case JointProof::kPassed:
      text += "joint proof: with all of these at once every probe passes";
      break;
    case JointProof::kFailed:
      for (const Disagreement& each : result.joint.disagreements) {
        text += "joint proof failed: " + each.service + " does not work together with " +
                (each.with.empty() ? "the new sets of all others" : joined(each.with, " and ")) +
                " as they are now: " + each.what + '\n';
      }
      text += "nothing is written into a Compose file\n  hint: let the probe of " +
              (result.joint.disagreements.front().with.empty()
                   ? "the others"
                   : joined(result.joint.disagreements.front().with, " and of ")) +
              " look at what " + result.joint.disagreements.front().service + " needs of it";
      break;
    case JointProof::kUntried:
      text += "joint proof: not told: " + result.joint.reason +
              "\nnothing is written into a Compose file";
      break;
  }
  terminal_.line(text);
}

/// What fails after a signal has failed because of it.
ExitCode ComposeRun::operator()() {
  try {
    return run();
  } catch (const Error&) {
    if (interruption_.signal() == 0) throw;
    return interrupted();
  }
}

ExitCode ComposeRun::run() {
  if (!session_.note().empty()) say(sanitize(session_.note()));
  say("capmin compose  " + sanitize(joined(options_.files.files, " ")) + "  read by " +
      session_.compose().name());
  session_.look(interruption_.token());
  const StackSession::Plans plans = session_.plans();
  tell_of(plans);
  check_outputs(plans.services);
  const StackResult result = minimize(
      session_, options_, plans.services, {runner_, rules_, is_quiet() ? nullptr : &terminal_},
      [this](const ServiceResult& each) { keep(each); }, interruption_.token());
  for (const std::string& command : session_.engine().leftovers()) {
    terminal_.line("warning: something could not be removed; remove it with: " + command);
  }
  if (result.is_interrupted) return interrupted();
  write_report(result);
  tell_result(result);
  ExitCode worst = ExitCode::kDone;
  for (const ServiceResult& each : result.services) {
    if (each.error) worst = std::max(worst, each.error->code());
  }
  if (worst != ExitCode::kDone) return worst;
  if (result.joint.proof == JointProof::kFailed) return ExitCode::kNoWorkingSet;
  if (result.joint.proof == JointProof::kUntried) return ExitCode::kUnstable;
  write_files(result);
  return ExitCode::kDone;
}

}  // namespace

ExitCode compose_command(const std::vector<std::string>& arguments) {
  const ComposeOptions options = parse_compose_options(arguments);
  if (options.common.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  return ComposeRun(options)();
}

}  // namespace capmin
