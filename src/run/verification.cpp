#include "run/verification.h"

#include "core/recheck.h"
#include "engine/arguments.h"
#include "run/run_failure.h"
#include "run/run_subject.h"
#include "system/process_identity.h"
#include "text/sanitize.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>
#include <variant>
#include <vector>

namespace capmin {

void tell(const std::string& message, Verification& verification) {
  std::istringstream lines(message);
  std::getline(lines, verification.text);
  verification.text = sanitize(verification.text, 2000);
  for (std::string line; std::getline(lines, line);) {
    verification.details.push_back(sanitize(line, 2000));
  }
}

void set_status(ProfileStatus status, ExitCode exit, Verification& verification) {
  verification.status = status;
  verification.exit = static_cast<int>(exit);
}

Verification failed_by(const Error& error) {
  Verification verification;
  const bool is_unstable = error.code() == ExitCode::kUnstable;
  set_status(is_unstable ? ProfileStatus::kUnstable : ProfileStatus::kError, error.code(),
             verification);
  tell(error.what(), verification);
  verification.hint = error.hint();
  return verification;
}

namespace {

std::string fields_of(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) {
    text += (text.empty() ? "" : ", ") + sanitize(change.field);
  }
  return text;
}

}  // namespace

std::string with(CapabilitySet set) {
  return set.empty() ? "without any capability" : "with " + to_string(set);
}

void conclude(const ConclusionFacts& facts, Verification& result) {
  const Drift& drift = result.drift;
  result.text = "works " + with(result.set);
  if (facts.is_proven && result.droppable.empty() && !result.set.empty()) {
    result.text += "; without any one of them the probe fails";
  }
  if (!result.droppable.empty() || !result.conditional.empty()) {
    set_status(ProfileStatus::kLoose, ExitCode::kDifference, result);
    if (!result.droppable.empty()) {
      result.text += "; could drop " + to_string(result.droppable);
    }
    if (!result.conditional.empty()) {
      result.text +=
          "; needs " + to_string(result.conditional) + " only where ports or ping are privileged";
    }
    if (!facts.is_refreshed)
      result.hint = "capmin verify --update writes the smaller set beside the profile";
  } else if (!drift.stale.empty()) {
    set_status(ProfileStatus::kStale, ExitCode::kDifference, result);
    if (!facts.is_refreshed) result.hint = "capmin verify --update proves it as things are now";
  } else if (drift.is_new_image) {
    set_status(ProfileStatus::kOkNewImage, ExitCode::kDone, result);
  } else {
    set_status(ProfileStatus::kOk, ExitCode::kDone, result);
  }
  if (!drift.stale.empty()) result.text += "; changed since the proof: " + fields_of(drift.stale);
  if (drift.is_new_image) result.text += "; the image is another one";
}

namespace {

class Verifier {
 public:
  Verifier(const Profile& profile, const RunOptions& options, const VerifyTask& task,
           ImageSearch& search, const std::stop_token& stop)
      : profile_(profile), options_(options), task_(task), search_(search), stop_(stop) {}

  /// As verify(), but throws.
  std::optional<Verification> run();
  /// As find_first(), but throws.
  std::optional<Verification> find();
  /// What was found before `error` ended it.
  Verification failed(const Error& error) {
    Verification found = failed_by(error);
    found.set = result_.set;
    found.drift = result_.drift;
    result_ = std::move(found);
    return done();
  }

 private:
  /// Some trials under one setup, and what they say of the set.
  struct Rechecked {
    RecheckStep end;
    SearchResult result;
  };

  void prepare();
  std::optional<Rechecked> recheck(CapabilitySet set, const RunPlan& plan);
  std::optional<Verification> judge(const Rechecked& checked, const RunPlan& plan,
                                    CapabilitySet set);
  std::optional<Verification> search_anew(std::vector<FinishedTrial> known);
  Verification cut_short(CutShort cut);
  void compare(const Profile& found);
  Verification done(std::optional<Profile> refreshed = {}) {
    result_.trials = search_.trials();
    for (const std::string& command : search_.engine().leftovers()) {
      result_.details.push_back("something could not be removed; remove it with: " + command);
    }
    result_.refreshed = std::move(refreshed);
    return std::move(result_);
  }
  bool is_anew_wanted() const {
    return task_.refresh && (!result_.drift.stale.empty() || result_.drift.is_new_image);
  }

  const Profile& profile_;
  const RunOptions& options_;
  const VerifyTask& task_;
  ImageSearch& search_;
  const std::stop_token& stop_;
  std::vector<ConditionTrial> under_engine_;  ///< trials under the engine's settings for ports
  Verification result_;
  bool is_new_ = false;     ///< there was no profile
  bool is_proven_ = false;  ///< each member that is left was seen to be needed
};

void Verifier::prepare() {
  search_.prepare();
  const RunPlan& plan = search_.plan();
  const CapabilitySet conditional = conditional_set(profile_);
  // Where ports are the engine's own, the condition does not hold.
  result_.set = options_.spec.ports == Ports::kPortable ? profile_.add | conditional : profile_.add;
  const CapabilitySet ceiling = plan.search.policy.ceiling;
  if (!ceiling.contains(result_.set)) {
    std::string why;
    for (const std::string& text : plan.left_out) {
      why += "\n  " + text;
    }
    throw Error(ExitCode::kEngine,
                "a trial cannot be granted " + to_string(result_.set - ceiling) + why,
                "verify the profile where it was found");
  }
  Profile now = subject_profile(options_, plan);
  now.add = profile_.add;
  now.conditional = profile_.conditional;
  now.guarantee = profile_.guarantee;
  result_.drift = drift_of(diff(profile_, now));
  search_.announce();
}

std::optional<Verifier::Rechecked> Verifier::recheck(CapabilitySet set, const RunPlan& plan) {
  const Recheck question{.set = set,
                         .ceiling = plan.search.policy.ceiling,
                         .confirm = options_.confirm,
                         .ceiling_first = options_.strict};
  const ChooseTrials choose = [&question](const History& history,
                                          auto) -> std::optional<RunTrials> {
    RecheckStep step = next(question, history);
    if (auto* const wanted = std::get_if<RunTrials>(&step)) return std::move(*wanted);
    return std::nullopt;
  };
  std::optional<SearchResult> result = search_.try_out(plan, choose, stop_);
  if (!result) return std::nullopt;
  RecheckStep end = next(question, result->history());
  return Rechecked{std::move(end), std::move(*result)};
}

/// Says what a recheck showed; nothing where the set holds.
std::optional<Verification> Verifier::judge(const Rechecked& checked, const RunPlan& plan,
                                            CapabilitySet set) {
  if (const auto* const fails = std::get_if<CeilingFails>(&checked.end)) {
    const Error error = failure_of(*fails, options_, plan, checked.result, std::nullopt);
    tell(error.what(), result_);
    result_.hint = error.hint();
    set_status(ProfileStatus::kBroken, ExitCode::kDifference, result_);
    return done();
  }
  if (const auto* const unstable = std::get_if<Unstable>(&checked.end)) {
    const Error error = failure_of(*unstable, options_, checked.result);
    tell(error.what(), result_);
    result_.hint = error.hint();
    set_status(ProfileStatus::kUnstable, ExitCode::kUnstable, result_);
    return done();
  }
  if (const auto* const undecided = std::get_if<Undecided>(&checked.end)) {
    throw failure_of(*undecided, checked.result);
  }
  const auto* const broken = std::get_if<Broken>(&checked.end);
  if (broken == nullptr) return std::nullopt;
  const FinishedTrial& last = checked.result.trial(broken->trials.back());
  const std::string times = std::to_string(broken->trials.size());
  tell("the probe fails " + with(set) + ", " + times + " times out of " + times +
           ", and passes with " + ceiling_phrase(plan.search.policy.ceiling) +
           (plan.setup.spec.ports == options_.spec.ports
                ? ""
                : ", under the engine's own settings for ports and ping") +
           cause_of(last, options_, checked.result),
       result_);
  if (const auto lead = leading_clue(last)) {
    result_.details.push_back("  clue: " + to_string(lead->suspect) + ", rule " + lead->clue.rule +
                              ": " + lead->clue.line);
  }
  result_.hint = "capmin verify --update finds a set that works and writes it beside the profile";
  set_status(ProfileStatus::kBroken, ExitCode::kDifference, result_);
  if (!task_.refresh) return done();
  // Of what was tried under other settings nothing is known to the search.
  const bool is_same = plan.setup.spec.ports == options_.spec.ports;
  return search_anew(is_same ? checked.result.trials : std::vector<FinishedTrial>{});
}

/// Finds the set anew, beginning with the profile's.
std::optional<Verification> Verifier::search_anew(std::vector<FinishedTrial> known) {
  SearchStart start{.known = std::move(known),
                    .known_conditions = under_engine_,
                    .guess = is_new_ ? CapabilitySet{} : result_.set};
  if (start.known.empty()) start.journal = task_.journal;
  // What a profile says beside its set, and what counts as failure there, is measured by the
  // ceiling.
  start.proves_guess = !task_.refresh && !options_.strict && !options_.scenario.graceful_stop;
  if (!task_.refresh) start.level = Level::kOneMinimal;
  SearchOutcome outcome = search_.search(start, stop_);
  if (const auto* const error = std::get_if<Error>(&outcome)) throw *error;
  if (auto* const cut = std::get_if<CutShort>(&outcome)) {
    if (cut->by.empty()) return std::nullopt;
    return cut_short(std::move(*cut));
  }
  search_.forget_trials();
  Profile& found = std::get<FoundProfile>(outcome).profile;
  compare(found);
  if (!task_.refresh) return done();
  return done(std::move(found));
}

/// Says what is known of a profile whose search came to no end, and passes on what works where that
/// is another set.
Verification Verifier::cut_short(CutShort cut) {
  const std::string why = cut.by + " was used up";
  if (!cut.best) {
    throw Error(ExitCode::kBudget, why + " before any set passed", "give it more");
  }
  const CapabilitySet set = cut.best->add;
  const bool is_broken = result_.status == ProfileStatus::kBroken;
  const bool is_other = is_new_ || is_broken || set != (profile_.add | conditional_set(profile_));
  if (is_broken) {
    result_.details.push_back("  works: " + to_string(set) + ", not proven to be minimal: " + why);
    result_.exit = static_cast<int>(ExitCode::kBudget);
  } else {
    set_status(ProfileStatus::kError, ExitCode::kBudget, result_);
    if (is_new_) result_.set = set;
    result_.text = "works " + with(result_.set) +
                   (is_other && !is_new_ ? " and " + with(set) : "") +
                   ", not proven to be minimal: " + why;
  }
  result_.hint = "give it more time, or more trials";
  if (!task_.refresh || !is_other) return done();
  return done(std::move(*cut.best));
}

/// Says how the set that was found anew differs from the profile's.
void Verifier::compare(const Profile& found) {
  if (is_new_) {
    result_.set = found.add | conditional_set(found);
    result_.conditional = conditional_set(found);
    result_.text = "works " + with(result_.set);
    if (!result_.set.empty()) result_.text += "; without any one of them the probe fails";
    set_status(ProfileStatus::kNew, ExitCode::kDone, result_);
    return;
  }
  if (result_.status == ProfileStatus::kBroken) {
    result_.details.push_back("  works: " + to_string(found.add | conditional_set(found)));
    result_.hint.clear();
    return;
  }
  const CapabilitySet conditional = conditional_set(found);
  result_.droppable = result_.set - (found.add | conditional);
  result_.conditional = profile_.add & conditional;
  is_proven_ = true;
  conclude({.is_proven = is_proven_, .is_refreshed = task_.refresh}, result_);
}

std::optional<Verification> Verifier::find() {
  is_new_ = true;
  search_.prepare_to_trace();
  search_.announce();
  return search_anew({});
}

std::optional<Verification> Verifier::run() {
  prepare();
  const RunPlan& own = search_.plan();
  const std::optional<Rechecked> first = recheck(result_.set, own);
  if (!first) return std::nullopt;
  if (auto ended = judge(*first, own, result_.set)) return ended;

  // The other half of what a condition says: elsewhere the set does without.
  if (result_.set != profile_.add && !trial_sysctls(own.setup.spec).empty()) {
    RunPlan plan = own;
    plan.setup.spec.ports = Ports::kEngine;
    plan.setup.run_id = random_id();
    search_.say("under the engine's own settings for ports and ping:");
    const std::optional<Rechecked> second = recheck(profile_.add, plan);
    if (!second) return std::nullopt;
    if (auto ended = judge(*second, plan, profile_.add)) return ended;
    under_engine_.push_back({profile_.add, Verdict::kPassed});
  }
  if (task_.full || is_anew_wanted()) return search_anew(first->result.trials);
  conclude({.is_proven = is_proven_, .is_refreshed = task_.refresh}, result_);
  return done();
}

/// What `work` of `verifier` finds; expected troubles are a status.
std::optional<Verification> without_errors(Verifier& verifier,
                                           std::optional<Verification> (Verifier::*work)()) {
  try {
    return (verifier.*work)();
  } catch (const Error& error) {
    return verifier.failed(error);
  }
}

}  // namespace

std::optional<Verification> verify(const Profile& profile, const RunOptions& options,
                                   const VerifyTask& task, ImageSearch& search,
                                   const std::stop_token& stop) {
  Verifier verifier(profile, options, task, search, stop);
  return without_errors(verifier, &Verifier::run);
}

std::optional<Verification> find_first(const RunOptions& options, const VerifyTask& task,
                                       ImageSearch& search, const std::stop_token& stop) {
  const Profile none;
  Verifier verifier(none, options, task, search, stop);
  return without_errors(verifier, &Verifier::find);
}

}  // namespace capmin
