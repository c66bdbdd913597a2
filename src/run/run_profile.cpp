#include "run/run_profile.h"

#include "core/certificate.h"
#include "core/error.h"
#include "engine/arguments.h"
#include "run/grant_effect.h"
#include "run/run_evidence.h"
#include "run/run_subject.h"
#include "text/sanitize.h"
#include "trial/harmless_evidence.h"
#include "trial/losses.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace capmin {
namespace {

Profile::Attempt attempt_of(const SearchResult& result, const std::vector<int>& trials) {
  const FinishedTrial& first = result.trial(trials.front());
  Profile::Attempt attempt;
  attempt.trial = first.number;
  attempt.grant = first.request.grant;
  attempt.times = static_cast<int>(trials.size());
  attempt.exit = first.outcome.exit_code;
  attempt.ending = describe_without_times(first.outcome);
  return attempt;
}

/// The trials in which `grant` passed.
std::vector<int> passes_of(const SearchResult& result, CapabilitySet grant) {
  std::vector<int> trials;
  for (const FinishedTrial& trial : result.trials) {
    if (trial.outcome.verdict == Verdict::kPassed && trial.request.grant == grant) {
      trials.push_back(trial.number);
    }
  }
  return trials;
}

std::vector<Profile::Attempt> attempts_of(const SearchResult& result,
                                          const std::vector<Removal>& removals) {
  std::vector<Profile::Attempt> attempts;
  for (const Removal& removal : removals) {
    attempts.push_back(attempt_of(result, removal.trials));
    attempts.back().without = removal.without;
  }
  return attempts;
}

bool suspects(const Clue& clue, Capability capability) {
  return std::ranges::any_of(clue.suspects,
                             [capability](CapabilitySet set) { return set.contains(capability); });
}

/// How little a clue that suspects `capability` says of it: 0 where it is the first guess of a line
/// that says what was refused, or was seen denied.
int doubt(const Clue& clue, Capability capability) {
  const bool leads = clue.suspects.front().contains(capability);
  if (!leads) return 3;
  return clue.vague ? 2 : clue.optional ? 1 : 0;
}

/// The clue that speaks best for `capability`: of the trials without it, else of any failed trial
/// that did not grant it; null where none does.
const Clue* clue_for(const Removal& removal, const SearchResult& result) {
  const Capability capability = removal.without;
  const Clue* best = nullptr;
  const auto look_at = [capability, &best](const FinishedTrial& trial) {
    for (const Clue& clue : trial.clues) {
      if (!suspects(clue, capability)) continue;
      if (best == nullptr || doubt(clue, capability) < doubt(*best, capability)) best = &clue;
    }
  };
  for (const int number : removal.trials) {
    look_at(result.trial(number));
  }
  if (best != nullptr) return best;
  for (const FinishedTrial& trial : result.trials) {
    if (trial.outcome.verdict != Verdict::kFailed) continue;
    if (!trial.request.grant.contains(capability)) look_at(trial);
  }
  return best;
}

Profile::Reason reason_for(const Removal& removal, const SearchResult& result) {
  Profile::Reason reason{
      .name = removal.without, .rule = {}, .line = {}, .advice = {}, .checks = {}};
  const Clue* told = clue_for(removal, result);
  if (told != nullptr) reason.advice = told->alternative;
  // What the kernel saw stands among the checks.
  if (told == nullptr || told->rule == kKernelRule) {
    told = last_line(result.trial(removal.trials.front()));
  }
  if (told == nullptr) return reason;
  reason.rule = told->rule;
  reason.line = told->line;
  return reason;
}

/// Adds a finished trial to the rows of the search: to the one that is like it, or as a new one.
void add_step(const Profile::Step& step, std::vector<Profile::Step>& search) {
  // A repetition to confirm belongs to what it repeats.
  const auto same = std::ranges::find_if(search, [&step](const Profile::Step& other) {
    return other.grant == step.grant && other.verdict == step.verdict &&
           (other.purpose == Purpose::kCondition) == (step.purpose == Purpose::kCondition);
  });
  if (same == search.end()) {
    search.push_back(step);
  } else {
    ++same->times;
  }
}

/// A mistake of the search must not become a profile.
void demand_none(const std::string& fault) {
  if (fault.empty()) return;
  throw Error(ExitCode::kInternal, "the answer is not proven by its own trials: " + fault,
              "nothing is written; run capmin again, and report this with what -v prints");
}

/// All trials under the engine's own settings for ports and ping, as the planner sees trials.
History history_of(const std::vector<ConditionTrial>& known,
                   const std::vector<ConditionTrial>& trials) {
  History history;
  for (const auto* const part : {&known, &trials}) {
    for (const ConditionTrial& trial : *part) {
      Observation& seen = history.emplace_back();
      seen.trial = trial.number;
      seen.grant = trial.grant;
      seen.verdict = trial.verdict;
    }
  }
  return history;
}

/// That something outside of the containers may remember a trial, so that later ones needed less
/// than the first start of a new installation; empty where nothing speaks for it.
std::string memory_warning(const RunPlan& plan, const SearchResult& result, const Proof& proof) {
  const std::string remedy =
      "; --reset FILE puts such things back before each trial, and nothing is claimed of other "
      "sets";
  const auto first = first_start(result, plan.search.policy.ceiling, proof);
  if (first && first->used_once.empty()) return {};
  if (first) {
    const std::string names = to_string(first->used_once);
    return names + " was used by the container's first start and never asked for again, " +
           (first->was_repeated ? "neither with this set nor when all was granted once more"
                                : "though all was not granted once more") +
           ": something outside of the container, such as a database beside it, may remember that "
           "start, and a new installation may need " +
           names + remedy;
  }
  if (plan.setup.shared.empty() || !plan.setup.reset.path.empty()) return {};
  return "trials share " + plan.setup.shared.front() +
         ", which may remember what a trial did, and nobody saw what a first start asks of the "
         "kernel: a new installation may need more" +
         remedy;
}

/// Everything that does not depend on how the search ended.
Profile common_profile(const RunOptions& options, const RunPlan& plan, const SearchResult& result,
                       const Proof& proof, const ImagePrograms& programs, const RunEnding& ending) {
  Profile profile = subject_profile(options, plan);
  profile.add = proof.set;
  profile.passed.push_back(attempt_of(result, proof.passed));
  profile.failed = attempts_of(result, proof.removals);
  for (const Removal& removal : proof.removals) {
    profile.reasons.push_back(reason_for(removal, result));
  }
  const std::string memory = memory_warning(plan, result, proof);
  if (!memory.empty()) profile.warnings.push_back(memory);
  profile.warnings.insert(profile.warnings.end(), plan.left_out.begin(), plan.left_out.end());
  const Losses lost =
      losses(result.trial(proof.passed.front()), result.baselines(plan.search.policy.ceiling));
  for (const std::string& line : lost.errors) {
    profile.warnings.push_back("new in the log, though the probe passed: " + line);
  }
  profile.warnings.insert(profile.warnings.end(), lost.processes.begin(), lost.processes.end());
  const GrantEffect effect = grant_effect(options, plan, result);
  if (auto warning = files_warning(options, plan, effect, proof.set, programs)) {
    profile.warnings.push_back(std::move(*warning));
  }
  if (plan.setup.spec.ports == Ports::kPortable && trial_sysctls(plan.setup.spec).empty()) {
    profile.warnings.emplace_back(
        "privileged ports were not tried: the engine cannot set them in the network '" +
        sanitize(plan.setup.spec.network) + "'");
  }
  for (const FinishedTrial& trial : result.trials) {
    add_step({.trial = trial.number,
              .purpose = trial.request.purpose,
              .grant = trial.request.grant,
              .verdict = trial.outcome.verdict},
             profile.search);
  }
  profile.run = {.capmin = CAPMIN_VERSION,
                 .at = ending.at,
                 .trials = result.started,
                 .floor = proof.set.size() + 1,
                 .seconds = ending.seconds,
                 .deadline_seconds = result.trial(proof.passed.back()).outcome.deadline_seconds,
                 .checks = {},
                 .unneeded = {}};
  add_evidence(result, plan.search.policy.ceiling, proof, profile);
  return profile;
}

/// Moves the members that are needed only under a condition where a reader looks for them.
void add_conditions(CapabilitySet conditional, const RunPlan& plan, Profile& profile) {
  profile.add = profile.add - conditional;
  if (conditional.contains(Capability::kNetBindService)) {
    const std::optional<int> port = lowest_privileged_port(plan.image);
    profile.conditional.push_back(
        {.name = Capability::kNetBindService,
         .when = "net.ipv4.ip_unprivileged_port_start " +
                 (port ? "> " + std::to_string(*port) : std::string("= 1024"))});
  }
  if (conditional.contains(Capability::kNetRaw)) {
    profile.conditional.push_back(
        {.name = Capability::kNetRaw,
         .when = "net.ipv4.ping_group_range without the container's group"});
  }
}

/// The highest level that the answer reached.
Level level_of(const Minimal& answer) {
  switch (answer.level) {
    case Level::kAllMinimal:
    case Level::kLeastRisk:
      return answer.level;
    case Level::kOneMinimal:
    case Level::kUnique:
      break;
  }
  return answer.unique ? Level::kUnique : Level::kOneMinimal;
}

void add_warnings(const Minimal& answer, Profile& profile) {
  if (!answer.monotone) {
    profile.warnings.emplace_back(
        "not monotone: a set that passed lies inside one that failed; more capabilities than "
        "these can make the probe fail");
  }
  if (!answer.stable) {
    profile.warnings.push_back(
        "the probe contradicted itself in single trials; each deciding "
        "trial was repeated, " +
        std::to_string(answer.confirmations) + " times or more");
  }
  if (!answer.complete) profile.warnings.push_back(answer.reason);
}

}  // namespace

RunEnding ending_now(std::chrono::steady_clock::time_point begin) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {.at = {text.data(), length}, .seconds = took.count()};
}

Answer with_conditions(const Minimal& minimal, const SearchPlan& search,
                       const SearchResult& result) {
  std::vector<ConditionTrial> ended = search.known.conditions;
  std::ranges::copy(result.condition_trials, std::back_inserter(ended));
  const Conditions conditions(minimal.proof.set, ended);
  Answer answer{minimal, conditions.conditional(), conditions.unknown(), {}};
  // Some may have been of another set, which was likely for a while.
  std::ranges::copy_if(result.condition_trials, std::back_inserter(answer.condition_trials),
                       [&](const ConditionTrial& trial) {
                         return std::ranges::find(conditions.asked(), trial.grant) !=
                                conditions.asked().end();
                       });
  return answer;
}

Profile profile_of(const RunOptions& options, const RunPlan& plan, const SearchResult& result,
                   const Answer& answer, const ImagePrograms& programs, const RunEnding& ending) {
  const Minimal& minimal = answer.minimal;
  demand_none(find_fault(plan.search.policy, result.history(), minimal));
  demand_none(find_fault(minimal.proof.set, answer.conditional,
                         history_of(plan.search.known.conditions, answer.condition_trials)));
  Profile profile = common_profile(options, plan, result, minimal.proof, programs, ending);
  add_conditions(answer.conditional, plan, profile);
  for (const ConditionTrial& trial : answer.condition_trials) {
    add_step({.trial = trial.number,
              .purpose = Purpose::kCondition,
              .grant = trial.grant,
              .verdict = trial.verdict},
             profile.search);
  }
  if (!answer.unknown.empty()) {
    profile.warnings.push_back(
        "whether " + to_string(answer.unknown) +
        " is needed under the engine's own settings for ports and ping could "
        "not be tried: the engine failed");
  }
  // What something remembers makes each pass a pass of that state only.
  const bool may_be_remembered = !memory_warning(plan, result, minimal.proof).empty();
  profile.guarantee = may_be_remembered ? Level::kOneMinimal : level_of(minimal);
  if (profile.guarantee != Level::kOneMinimal) {
    profile.assumption = "a superset of a set that passes passes too";
    profile.essential = attempts_of(result, minimal.essential);
    for (const Cut& cut : minimal.cuts) {
      profile.cuts.push_back(attempt_of(result, cut.trials));
    }
  }
  for (const Proof& alternative : minimal.alternatives) {
    profile.alternatives.push_back(attempt_of(result, alternative.passed));
  }
  if (minimal.other_pass && minimal.alternatives.empty()) {
    profile.other_pass = attempt_of(result, passes_of(result, *minimal.other_pass));
  }
  add_warnings(minimal, profile);
  return profile;
}

Profile unfinished_profile_of(const RunOptions& options, const RunPlan& plan,
                              const SearchResult& result, const Proof& best,
                              const ImagePrograms& programs, const RunEnding& ending) {
  demand_none(find_fault(plan.search.policy, result.history(), best));
  Profile profile = common_profile(options, plan, result, best, programs, ending);
  profile.guarantee = std::nullopt;
  return profile;
}

}  // namespace capmin
