#pragma once

#include "core/planner.h"

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace capmin {

/// A grant observed both passing and failing is judged passing once passes lead by this many.
inline constexpr int kLead = 3;
/// A grant observed both passing and failing is given up after this many completed trials, or
/// twice the confirmations where that is more.
inline constexpr int kMostRepetitions = 12;
/// Confirmations never rise above this by themselves.
inline constexpr int kMostConfirmations = 10;
/// So many undecided trials of one grant in a row end the search.
inline constexpr int kMostUndecided = 3;

/// Answers the questions of a sequential strategy from the history, and notes the first ones that
/// the history cannot answer: the trials to run next. The strategy is run from its beginning at
/// every call of the planner, and learns nothing but the answers to its own questions, in its own
/// order; so its path depends neither on slots nor on the order in which trials finish.
class Replay {
 public:
  /// Replays `history`, which must outlive this object as `parked` must, and looks for up to
  /// `slots` trials beside those of the grants `parked`, which run and most likely fail.
  Replay(const Policy& policy, const History& history, int slots,
         std::span<const CapabilitySet> parked);

  /// Whether `request.grant` passes, judged by at least `agreeing` completed trials. Nothing when
  /// the strategy cannot go on; it must then return at once. Where the history has no answer,
  /// `prediction` lets the strategy go on as if it had been given, to find trials for more slots;
  /// without a prediction it stops.
  std::optional<Verdict> ask(const TrialRequest& request, int agreeing,
                             std::optional<Verdict> prediction = {});

  /// What the answers given so far imply for `grant`, if the predicate is monotone: a superset of
  /// a pass passes, a subset of a failure fails. Nothing once they have been seen to contradict.
  std::optional<Verdict> implied(CapabilitySet grant) const;
  /// Whether `grant` failed in at least `agreeing` trials that answered a question, and never
  /// passed.
  bool fails(CapabilitySet grant, int agreeing) const;
  /// The first failing trial of `grant` that answered a question; null when there is none.
  const Observation* failure(CapabilitySet grant) const;
  /// The same of a passing trial.
  const Observation* pass(CapabilitySet grant) const;
  /// Whether the first answer about `grant` was given to a trial of the search.
  bool was_search(CapabilitySet grant) const;
  /// The least risky set that was answered passing, never failing, and is a proper subset of
  /// `grant`.
  std::optional<CapabilitySet> smaller_pass(CapabilitySet grant) const;
  /// The largest set that was answered failing, never passing, and contains `grant`.
  std::optional<CapabilitySet> larger_failure(CapabilitySet grant) const;
  /// Every grant that was answered passing, never failing, in the order of their words.
  std::vector<CapabilitySet> passes() const;

  /// How many agreeing trials a deciding grant takes: Policy::confirm, more after a contradiction
  /// and more again for each trial that another trial of the same grant contradicts.
  int confirmations() const;
  /// Completed trials in which `grant` passed, or failed, of those that answered a question.
  std::vector<int> trials(CapabilitySet grant, Verdict verdict) const;
  /// Whether some failure that answered a question had suspects.
  bool has_clues() const { return has_clues_; }
  /// False once a repeated pass lay inside a repeated failure.
  bool monotone() const { return monotone_; }
  /// How many questions were answered by a trial so far.
  int answers() const { return answers_; }

  /// The trials to run next; empty when the strategy came to an end.
  const std::vector<TrialRequest>& wanted() const { return wanted_; }
  /// Set when the search ended without an answer.
  const std::optional<Step>& end() const { return end_; }
  /// Ends the search; the strategy must return at once.
  void finish(Step step) { end_ = std::move(step); }
  /// Takes back the end of a question that need not end the search.
  void resume() { end_.reset(); }

 private:
  struct Record {
    std::vector<const Observation*> observed;  ///< all trials of the grant
    std::size_t used = 0;                      ///< how many of them were looked at
    int passed = 0;
    int failed = 0;
    Purpose purpose = Purpose::kSearch;  ///< of the first question

    bool passes() const { return passed > 0 && failed == 0; }
    bool fails() const { return failed > 0 && passed == 0; }
  };

  std::optional<Verdict> take(const TrialRequest& request, std::optional<Verdict> prediction);
  std::optional<Verdict> want(const TrialRequest& request, std::optional<Verdict> prediction);
  bool examine_contradiction(CapabilitySet grant);
  const Record* find(CapabilitySet grant) const;
  const Observation* first(CapabilitySet grant, Verdict verdict) const;

  const Policy& policy_;
  int free_slots_;
  std::span<const CapabilitySet> parked_;
  std::map<CapabilitySet, Record> records_;
  std::vector<TrialRequest> wanted_;
  std::optional<Step> end_;
  bool contradicted_ = false;
  bool monotone_ = true;
  bool has_clues_ = false;
  int answers_ = 0;
};

}  // namespace capmin
