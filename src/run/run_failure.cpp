#include "run/run_failure.h"

#include "core/seccomp.h"
#include "diagnosis/probe_fault.h"
#include "engine/arguments.h"
#include "profile/platform.h"
#include "run/grant_effect.h"
#include "run/progress.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/words.h"
#include "trial/harmless_evidence.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

namespace capmin {
namespace {

constexpr std::size_t kShownLines = 5;

/// The lines of hostile text, each sanitized; empty ones are left out.
std::vector<std::string> lines_of(const std::string& hostile) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < hostile.size()) {
    const std::size_t end = std::min(hostile.find('\n', begin), hostile.size());
    std::string line = sanitize(std::string_view(hostile).substr(begin, end - begin));
    if (!line.empty()) lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

/// What trials printed that passed, each line normalized.
std::set<std::string> printed_by_passes(const SearchResult& result) {
  std::set<std::string> printed;
  for (const FinishedTrial& trial : result.trials) {
    if (trial.outcome.verdict != Verdict::kPassed) continue;
    for (const std::string* text : {&trial.outcome.log, &trial.outcome.probe_output}) {
      for (const std::string& line : lines_of(*text)) {
        printed.insert(normalized(line));
      }
    }
  }
  return printed;
}

/// The last lines of hostile text that are not `harmless`, or of all where there are no others,
/// each sanitized and behind `label`, so that none of them starts a line of ours.
std::string last_lines(const std::string& label, const std::string& hostile,
                       const std::set<std::string>& harmless = {}) {
  std::vector<std::string> lines = lines_of(hostile);
  std::vector<std::string> telling;
  std::ranges::copy_if(lines, std::back_inserter(telling), [&harmless](const std::string& line) {
    return !harmless.contains(normalized(line));
  });
  if (!telling.empty()) lines = std::move(telling);
  if (lines.size() > kShownLines) lines.erase(lines.begin(), lines.end() - kShownLines);
  const std::string head = "\n  " + label + ": ";
  std::string text;
  for (const std::string& line : lines) {
    text.append(head).append(line);
  }
  return text;
}

std::optional<std::string> fault_of_probe(const Outcome& outcome) {
  return probe_fault(outcome.probe_output, outcome.probe_exit);
}

std::string probe_name(const RunOptions& options) {
  return options.probe.has_file()
             ? std::filesystem::path(options.probe_as_written).filename().string()
             : "probe";
}

}  // namespace

std::string cause_of(const FinishedTrial& trial, const RunOptions& options,
                     const SearchResult& result) {
  const Outcome& outcome = trial.outcome;
  const bool still_runs =
      options.probe.kind == Probe::Kind::kExit && outcome.ending == Ending::kTimeUp;
  std::string text = "\n  cause: " + (still_runs ? "the container still ran after its " +
                                                       seconds_text(outcome.deadline_seconds)
                                                 : sanitize(describe(outcome)));
  if (outcome.probe_exit) {
    text += "; " + probe_name(options) + ": exit status " + std::to_string(*outcome.probe_exit);
  }
  if (!outcome.engine_message.empty()) {
    text += "\n  engine: " + sanitize(outcome.engine_message);
  }
  const std::set<std::string> harmless = printed_by_passes(result);
  const std::string probe = last_lines(probe_name(options), outcome.probe_output, harmless);
  const std::string container = last_lines("container", outcome.log, harmless);
  const bool is_of_probe = !outcome.exit_code || fault_of_probe(outcome);
  return text + (is_of_probe ? probe + container : container + probe);
}

namespace {

/// The calls that were denied in a trial, by what the kernel and strace saw: the last ones of the
/// latter, which tells them in their order.
std::string denied_lines(const FinishedTrial& trial) {
  std::string text;
  for (const Clue& clue : trial.clues) {
    if (clue.rule == kKernelRule) text += "\n  kernel: " + sanitize(clue.line);
  }
  const std::vector<FailedCall>& calls = trial.outcome.failed_calls;
  const std::size_t skipped = calls.size() - std::min(calls.size(), kShownLines);
  for (std::size_t i = skipped; i < calls.size(); ++i) {
    text += "\n  strace: " + sanitize(to_text(calls[i]));
  }
  return text;
}

/// Whether the trial's trace speaks against a need of `wanted`: nobody asked for any of it, where
/// the kernel would have been asked. It is not where a filter answers first, where the file of a
/// program is what matters, or where the program itself looks what it holds and names it.
bool is_contradicted(const FinishedTrial& trial, const Clue& clue, CapabilitySet wanted) {
  const std::optional<Trace>& trace = trial.outcome.trace;
  if (!trace || trace->checks.empty() || trace->lost > 0) return false;
  if (!clue.seccomp.empty() || !clue.program.empty()) return false;
  const bool is_asked = std::ranges::any_of(trace->checks, [wanted](const Check& check) {
    return wanted.contains(check.capability) && check.result != CheckResult::kGranted;
  });
  const bool is_named = std::ranges::any_of(wanted.names(), [&clue](std::string_view name) {
    return clue.line.find(name) != std::string::npos;
  });
  return !is_asked && !is_named;
}

/// What the clue suspects first that the trial lacks. Of a set within the grant it is known that
/// it does not help: what stands behind that is a guess, unless it is about more of the same.
std::optional<CapabilitySet> first_lacking(const Clue& clue, CapabilitySet grant) {
  CapabilitySet in_vain;
  for (const CapabilitySet suspect : clue.suspects) {
    if (grant.contains(suspect)) {
      in_vain |= suspect;
    } else {
      return suspect.contains(in_vain) ? std::optional(suspect) : std::nullopt;
    }
  }
  return std::nullopt;
}

/// The clue of a trial of the ceiling that may lead to a grant, and what it asks for; nothing where
/// all of them are guesses.
std::optional<LeadingClue> clue_for_grant(const FinishedTrial& trial) {
  if (fault_of_probe(trial.outcome)) return std::nullopt;
  FinishedTrial telling;
  telling.request = trial.request;
  telling.outcome.exit_code = trial.outcome.exit_code;
  for (const Clue& clue : trial.clues) {
    const std::optional<CapabilitySet> wanted = first_lacking(clue, trial.request.grant);
    if (clue.vague || clue.optional || !wanted) continue;
    if (is_contradicted(trial, clue, *wanted - trial.request.grant)) continue;
    telling.clues.push_back(clue);
    telling.clues.back().suspects = {*wanted};
  }
  return leading_clue(telling);
}

/// What the evidence of the failed ceiling asks for beyond the ceiling.
std::optional<LeadingClue> clue_beyond(const SearchResult& result, CapabilitySet ceiling) {
  for (const FinishedTrial& trial : result.trials) {
    if (trial.request.grant != ceiling) continue;
    if (auto lead = clue_for_grant(trial)) return lead;
  }
  return std::nullopt;
}

/// Whether a program was refused because its file carries what the ceiling lacks: a grant of that
/// reaches any user.
bool is_carried_beyond(const SearchResult& result, CapabilitySet ceiling) {
  return std::ranges::any_of(result.trials, [ceiling](const FinishedTrial& trial) {
    const auto lead = leading_clue(trial);
    return lead && !lead->clue.program.empty() && !ceiling.contains(lead->suspect);
  });
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text += (text.empty() ? "" : ",") + std::string(name);
  }
  return text;
}

/// Which programs of the image could give a user what is granted.
std::string programs_line(const ImagePrograms& programs, CapabilitySet ceiling) {
  if (!programs) return {};
  const std::string found = programs_text(*programs, ceiling);
  return "\n  image: " + (found.empty() ? "no program in it has file capabilities within the "
                                          "ceiling or is setuid root, so no grant can take effect"
                                        : found);
}

/// What to say of a user whom grants do not reach; empty where they do. What could not be seen is
/// told of docker only: podman gives other users what is granted.
std::string unreached_user(const RunOptions& options, const RunPlan& plan,
                           const SearchResult& result, const ImagePrograms& programs) {
  const Dialect engine = plan.engine.dialect;
  const GrantEffect effect = grant_effect(options, plan, result);
  const bool is_unseen = effect == GrantEffect::kNotSeen && engine == Dialect::kDocker;
  if (effect != GrantEffect::kNone && !is_unseen) return {};
  return "\n  user: " + sanitize(container_user(options, plan)) +
         (is_unseen ? " is not root, and no trial lasted long enough to see what it holds: "
                    : " holds none of what the trials granted: ") +
         std::string(name_of(engine)) +
         " gives added capabilities to root only; another user gets them by file capabilities and "
         "setuid programs alone" +
         programs_line(programs, plan.search.policy.ceiling);
}

/// Who refuses containers that add `set`: Kubernetes by its Pod Security Standards, and Fargate,
/// which lets tasks add SYS_PTRACE only (Amazon ECS, KernelCapabilities).
std::string forbidden_by(CapabilitySet set) {
  std::vector<std::string> who;
  for (const PodSecurity level : {PodSecurity::kBaseline, PodSecurity::kRestricted}) {
    if (!addable(level).contains(set)) {
      who.push_back("Pod Security \"" + std::string(name_of(level)) + '"');
    }
  }
  if (set != CapabilitySet{Capability::kSysPtrace}) who.emplace_back("AWS Fargate");
  std::string text;
  for (const std::string& name : who) {
    text += (text.empty() ? "; forbidden by " : ", ") + name;
  }
  return text;
}

/// Whether the containers run behind Docker's default filter: no other engine, profile or switch.
bool is_filtered_by_default(const RunOptions& options, const RunPlan& plan) {
  const auto names_profile = [](const EngineOption& option) {
    return option.name.starts_with("--security-opt=seccomp") ||
           (option.name == "--security-opt" && option.value->starts_with("seccomp"));
  };
  // Docker's words for it, the latter since version 23.
  const std::string& profile = plan.engine.seccomp;
  return plan.engine.dialect == Dialect::kDocker &&
         (profile == "default" || profile == "builtin") &&
         std::ranges::none_of(options.spec.options, names_profile);
}

/// What the filter had to do with the failure of `trial`: it may have refused what the log blames
/// the lack of a capability for.
std::string filter_lines(const FinishedTrial& trial, const RunOptions& options,
                         const RunPlan& plan) {
  if (!is_filtered_by_default(options, plan)) return {};
  constexpr std::size_t kMost = 3;
  std::vector<std::string> sentences;
  for (const Clue& clue : trial.clues) {
    std::string sentence = seccomp_sentence(clue.seccomp);
    if (sentence.empty() || sentences.size() == kMost) continue;
    if (std::ranges::find(sentences, sentence) == sentences.end()) {
      sentences.push_back(std::move(sentence));
    }
  }
  std::string text;
  for (const std::string& sentence : sentences) {
    text += "\n  seccomp: " + sentence;
  }
  return text;
}

}  // namespace

namespace {

/// What was seen where low ports and ping are open to everyone.
std::string open_ports_line(const ConditionTrial& passed, CapabilitySet ceiling) {
  return "\n  ports: under the engine's own settings, which open low ports and ping to everyone, "
         "it "
         "passes with " +
         (passed.grant.empty() ? "no capability" : ceiling_phrase(ceiling) + ", not with none") +
         " (trial " + std::to_string(passed.number) + "); what was asked for is " +
         "a set that works where they are privileged";
}

/// What helps a user whom grants do not reach. Ports are spoken of only where they are the matter.
std::string hint_for_unreached(const std::optional<ConditionTrial>& passed, CapabilitySet about) {
  std::string hint;
  if (passed) {
    hint = "for places that open low ports and ping, as Docker does, --ports engine " +
           std::string(passed->grant.empty() ? "proves that none is needed"
                                             : "finds the smallest set") +
           "; elsewhere it cannot work as this user without a file capability: ";
  }
  // Without a word from the evidence, both settings may be the matter.
  const bool is_open = passed.has_value() && (about & kOfPortsAndPing).empty();
  const bool about_ports = is_open || about.contains(Capability::kNetBindService);
  const bool about_ping = is_open || about.contains(Capability::kNetRaw);
  if (!about_ports && !about_ping) {
    return "see that the image and the probe work by hand with --user 0; what needs a capability "
           "as this user takes it from a file capability (setcap) when the image is built";
  }
  if (about_ports) hint += "listen on a port of 1024 or more, ";
  hint +=
      "give the program a file capability (setcap) when the image is built, or set the sysctl "
      "that makes the capability needless, for instance ";
  hint += about_ports ? "--sysctl net.ipv4.ip_unprivileged_port_start=0" : "";
  hint += about_ports && about_ping ? " or " : "";
  hint += about_ping ? "--sysctl net.ipv4.ping_group_range=\"0 2147483647\"" : "";
  return hint;
}

/// What helps where the kernel does not know what the image's program is; empty where it does.
std::string hint_for_program(const Outcome& outcome, const RunPlan& plan) {
  constexpr std::string_view kUnknown = "exec format error";
  // The runtime's own line, which a shell in the container would write otherwise.
  const bool is_unknown =
      outcome.engine_message.find(kUnknown) != std::string::npos ||
      (outcome.log.starts_with("exec ") && outcome.log.find(kUnknown) < outcome.log.find('\n'));
  if (!is_unknown) return {};
  const std::string line = platform_line(plan);
  if (line.empty()) {
    return "the image's program is a script whose first line names no interpreter (#!/bin/sh), or "
           "made for another machine than " +
           sanitize(plan.engine.platform);
  }
  return line + "; fetch it for this one with --platform " + sanitize(plan.engine.platform) +
         " --pull always, or set up an emulator (qemu-user-static, binfmt)";
}

/// `capmin run` as it was given, but with another probe; empty where no person gave it.
std::string command_with_probe(const RunOptions& options, const std::vector<std::string>& probe) {
  if (options.as_given.empty()) return {};
  return "\n  capmin run " + shell_quoted(with_other_probe(options.as_given, probe));
}

/// What helps where a service is taken for a job or a job for a service, whatever is granted; empty
/// where it is not that.
std::string hint_for_kind(const Outcome& outcome, const RunOptions& options) {
  const Probe::Kind kind = options.probe.kind;
  if (kind == Probe::Kind::kExit && outcome.ending == Ending::kTimeUp) {
    return "--probe exit is for jobs, which end by themselves: give a service a probe that asks "
           "whether it works, and a job that takes longer more time with --timeout" +
           command_with_probe(options, {"--probe", "./health.sh"});
  }
  const bool is_done = outcome.ending == Ending::kExited && outcome.exit_code == 0;
  if (options.probe.is_of_job() || !is_done) return {};
  std::string hint =
      "a container that ends by itself is a job: --probe exit takes status 0 for its success" +
      command_with_probe(options, {"--probe", "exit"});
  if (kind == Probe::Kind::kFile) {
    hint += "\n  or --oneshot runs the probe once, after its end" +
            command_with_probe(options, {"--probe", options.probe_as_written, "--oneshot"});
  }
  return hint;
}

}  // namespace

Error failure_of(const CeilingFails& verdict, const RunOptions& options, const RunPlan& plan,
                 const SearchResult& result, const ImagePrograms& programs) {
  const FinishedTrial& last = result.trial(verdict.trials.back());
  const std::string times = std::to_string(verdict.trials.size());
  const CapabilitySet ceiling = plan.search.policy.ceiling;
  const std::optional<ConditionTrial> open = OpenPorts(ceiling, result.condition_trials).passed();
  std::string what =
      "the probe fails even with " + ceiling_phrase(ceiling) + ", " + times + " times out of " +
      times + (open ? ", where low ports and ping are privileged" : "") +
      cause_of(last, options, result) + denied_lines(last) + filter_lines(last, options, plan);
  if (open) what += open_ports_line(*open, ceiling);
  if (const std::optional<std::string> fault = fault_of_probe(last.outcome); fault && !open) {
    return {ExitCode::kNoWorkingSet, what,
            "the probe itself seems to be at fault, whatever is granted (" + *fault +
                "): run it by hand against a container of the image"};
  }
  if (const std::string hint = hint_for_program(last.outcome, plan); !hint.empty()) {
    return {ExitCode::kNoWorkingSet, what, hint};
  }
  const std::string hint = hint_for_kind(last.outcome, options);
  // A job may also wait for what it lacks.
  const bool is_lacking = options.probe.is_of_job() && clue_beyond(result, ceiling);
  if (!hint.empty() && !is_lacking) {
    return {ExitCode::kNoWorkingSet, what, hint};
  }
  const std::string unreached = unreached_user(options, plan, result, programs);
  if (!unreached.empty() && !is_carried_beyond(result, ceiling)) {
    return {ExitCode::kNoWorkingSet, what + unreached,
            hint_for_unreached(open, blamed(result.trials))};
  }
  if (const auto lead = clue_beyond(result, ceiling)) {
    const CapabilitySet beyond = lead->suspect - ceiling;
    std::string risks;
    for (const Capability capability : beyond.members()) {
      risks += "; " + std::string(name_of(capability)) + " (risk " +
               std::string(name_of(info(capability).risk)) + ") lets a container " +
               std::string(info(capability).permits);
    }
    return {ExitCode::kNoWorkingSet,
            what + "\n  clue: " + to_string(beyond) + ", rule " + lead->clue.rule + ": " +
                lead->clue.line,
            std::string(is_watched(lead->clue) ? "a call that was refused" : "the log") +
                " points to what is not in the ceiling; to try it: --allow " +
                joined(beyond.names()) + risks + forbidden_by(beyond)};
  }
  if (open) {
    return {ExitCode::kNoWorkingSet, what,
            "for places that open low ports and ping, as Docker does, --ports engine finds the "
            "smallest set"};
  }
  return {ExitCode::kNoWorkingSet, what,
          "see that the image and the probe work by hand: capmin run " + options.image +
              " --probe " + shell_quoted(options.probe_as_written) +
              " --dry-run prints the commands; --timeout gives a slow start more time"};
}

Error failure_of(const Unstable& verdict, const RunOptions& options, const SearchResult& result) {
  std::string what = "the probe contradicts itself: with " + to_string(verdict.grant) +
                     " it passed " + std::to_string(verdict.passed.size()) + " and failed " +
                     std::to_string(verdict.failed.size()) + " times";
  if (!verdict.failed.empty())
    what += cause_of(result.trial(verdict.failed.back()), options, result);
  return {ExitCode::kUnstable, what,
          "make the probe wait for what it needs, or give trials more time with --timeout"};
}

Error failure_of(const Undecided& verdict, const SearchResult& result) {
  const Outcome& outcome = result.trial(verdict.trials.back()).outcome;
  const std::string times = std::to_string(verdict.trials.size());
  const bool is_reset = outcome.ending == Ending::kNotReset;
  if (says_port_is_taken(outcome.engine_message)) {
    return {
        ExitCode::kEngine,
        "the port of this host that --publish names is taken: " + sanitize(outcome.engine_message),
        "name another one, or none, -p CONTAINER_PORT: the probe finds the port that the "
        "engine chooses in CAPMIN_PORT_..."};
  }
  const std::string what = "no trial with " + to_string(verdict.grant) + " could be judged, in " +
                           times + " attempts\n  cause: " + sanitize(describe(outcome)) +
                           last_lines(is_reset ? "reset" : "probe", outcome.probe_output);
  switch (outcome.ending) {
    case Ending::kOutOfMemory:
      return {ExitCode::kNoWorkingSet, what, "give the container more memory with --memory"};
    case Ending::kCannotJudge:
      return {ExitCode::kNoWorkingSet, what,
              "the probe ended with status 77, or could not be run: run it by hand"};
    case Ending::kNotReset:
      return {ExitCode::kNoWorkingSet, what,
              "run what --reset names by hand: it must end with status 0 each time"};
    default:
      return {ExitCode::kEngine, what, "see whether the engine still works: capmin doctor"};
  }
}

}  // namespace capmin
