#pragma once

#include "core/capability.h"
#include "core/enum_words.h"
#include "core/trial.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace capmin {

/// What a trial is asked for; for a person's eyes only, it never changes how the trial is judged.
enum class Purpose {
  kBaseline,   ///< the ceiling must pass
  kSearch,     ///< looking for a set that passes
  kRemove,     ///< leaving a member out of a passing set, in the hope that it still passes
  kProve,      ///< leaving a member of the answer out, to see it fail
  kConfirm,    ///< repeating a deciding trial
  kExplore,    ///< beyond one-minimal: other minimal sets, less risky sets
  kCondition,  ///< under the engine's own settings for ports and ping; next() never asks for it
};

/// The words for purposes.
inline constexpr auto kPurposes = std::to_array<EnumWord<Purpose>>({
    {Purpose::kBaseline, "baseline"},
    {Purpose::kSearch, "search"},
    {Purpose::kRemove, "remove"},
    {Purpose::kProve, "prove"},
    {Purpose::kConfirm, "confirm"},
    {Purpose::kExplore, "explore"},
    {Purpose::kCondition, "condition"},
});

/// The word for a purpose.
constexpr std::string_view name_of(Purpose purpose) {
  return word_of(kPurposes, purpose);
}

/// A trial to run.
struct TrialRequest {
  CapabilitySet grant;
  Purpose purpose = Purpose::kSearch;
  /// What was left out (kRemove, kProve) or added (kSearch); empty where that says nothing.
  CapabilitySet subject;

  friend bool operator==(const TrialRequest&, const TrialRequest&) = default;
};

/// How much is to be promised about the answer; see Proof for what each level takes.
enum class Level { kOneMinimal, kUnique, kLeastRisk, kAllMinimal };

/// The words for levels, weakest first.
inline constexpr auto kLevels = std::to_array<EnumWord<Level>>({
    {Level::kOneMinimal, "one-minimal"},
    {Level::kUnique, "unique"},
    {Level::kLeastRisk, "least-risk"},
    {Level::kAllMinimal, "all-minimal"},
});

/// The word for a level; beyond one-minimal also the option that asks for it.
constexpr std::string_view name_of(Level level) {
  return word_of(kLevels, level);
}

/// Removing members one by one from a ceiling of n, k of which are needed, takes up to n + k + 1
/// trials. Wrong clues, wrong scores and failures that no clue explains never cost more than this
/// on top, if the probe is reliable and the predicate monotone, with Policy::confirm 1.
inline constexpr int kMostOverRemoval = 21;

/// What the search may do and what it may believe. Constant during a run.
struct Policy {
  CapabilitySet ceiling;  ///< no trial is ever granted more
  Level level = Level::kOneMinimal;
  int confirm = 1;  ///< completed trials that must agree on each deciding grant, at least 1
  /// How strongly each capability is believed to be needed, 0 to 1, by its bit number: orders what
  /// is tried, decides nothing.
  Belief belief;
  /// Where the search starts after the ceiling has passed; empty without better evidence.
  CapabilitySet guess;
  /// Whether the guess was proven before and is to be proven again: it is tried at once, be it
  /// empty, and the ceiling only where it fails.
  bool proves_guess = false;
  /// Whether the guess has rather a member too many than one too few: its least believed one is
  /// left out first.
  bool is_generous = false;
  /// Whether the passing trial of the ceiling will be traced: what follows it waits for that.
  bool awaits_trace = false;
  /// What a passing trial of the ceiling is said to have used, believed or not: tried together
  /// where the guess fails and no clue helps.
  CapabilitySet seen;
  /// Completed trials that the levels beyond one-minimal may take, checked before each new set.
  int most_exploring = 200;
};

/// The trials that should be running now: those that run already and are still useful, and new
/// ones. A running trial that is not listed has become useless.
struct RunTrials {
  std::vector<TrialRequest> trials;
  /// The answer's set if all of them end as expected, where more than they could run.
  std::optional<CapabilitySet> likely = std::nullopt;
};

/// One removal of the proof: the trials in which `grant` failed.
struct Removal {
  Capability without{};
  CapabilitySet grant;
  std::vector<int> trials;
};

/// A grant that failed: every working set has a member that it lacks, if the predicate is monotone.
struct Cut {
  CapabilitySet grant;
  std::vector<int> trials;
};

/// The certificate of one set, read off the history; trial numbers are those of the history.
struct Proof {
  CapabilitySet set;
  std::vector<int> passed;        ///< the trials in which the set passed
  std::vector<Removal> removals;  ///< one for each member of the set
};

/// The search has ended with an answer. What it claims beyond `proof` rests on the assumption that
/// a superset of a passing set passes.
struct Minimal {
  Proof proof;
  Level level = Level::kOneMinimal;  ///< the level that was reached
  int confirmations = 1;  ///< completed trials that agreed on each deciding grant, at least
  bool monotone = true;   ///< no observed pass lies inside an observed failure
  bool stable = true;     ///< no grant was observed both passing and failing
  bool unique = false;    ///< no other minimal set exists
  bool complete = true;   ///< false: the level asked for was not reached; reason says why
  std::string reason;
  /// Members whose removal from the whole ceiling was observed failing: they belong to every
  /// working set. All of them at the levels beyond one-minimal, else those that were met.
  std::vector<Removal> essential;
  /// Other minimal sets, each one-minimal by observation. One at least at the level unique unless
  /// `unique`; all at the level all-minimal.
  std::vector<Proof> alternatives;
  /// The least risky observed pass that lacks a member of the set, at any level: another minimal
  /// set lies inside it.
  std::optional<CapabilitySet> other_pass;
  /// What rules out everything else at the levels least-risk (no set with a member out of each cut
  /// is less risky) and all-minimal (each such set contains a reported one).
  std::vector<Cut> cuts;
};

/// Even the ceiling fails: no working set can be looked for.
struct CeilingFails {
  std::vector<int> trials;
};

/// The probe contradicts itself about one grant.
struct Unstable {
  CapabilitySet grant;
  std::vector<int> passed;
  std::vector<int> failed;
};

/// A grant could not be judged although it was tried again and again: engine trouble.
struct Undecided {
  CapabilitySet grant;
  std::vector<int> trials;
};

/// What to do next: every end of a search is a type of its own.
using Step = std::variant<RunTrials, Minimal, CeilingFails, Unstable, Undecided>;

/// What to do after `history`, with `slots` trials able to run side by side (at least 1). `parked`
/// are the grants of running trials that have waited so long that they most likely fail: they take
/// no slot, and what is asked beside them, where it is no search, takes their failure for granted.
/// Pure: the same arguments give the same step. The set that is found and its proof do not depend
/// on `slots`, on what is parked, or on the order in which trials finish. Trials that were
/// cancelled do not belong in a history.
Step next(const Policy& policy, const History& history, int slots,
          std::span<const CapabilitySet> parked = {});

/// The least risky set that was observed passing and never failing, if there is one: the answer if
/// the search had to stop now.
std::optional<CapabilitySet> best_so_far(const History& history);

/// What `history` proves of its best_so_far(): the trials in which that set passed, and a removal
/// for each member without which it was observed failing and never passing. Nothing when no set
/// passed.
std::optional<Proof> proof_so_far(const History& history);

}  // namespace capmin
