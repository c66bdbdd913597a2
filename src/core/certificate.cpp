#include "core/certificate.h"

#include <algorithm>
#include <set>

namespace capmin {
namespace {

class Checker {
 public:
  Checker(const Policy& policy, const History& history) : policy_(policy), history_(history) {}

  std::string run(const Minimal& answer) {
    confirmations_ = answer.confirmations;
    demand(policy_.confirm >= 1 && confirmations_ >= policy_.confirm,
           "fewer confirmations than the policy asks for");
    check_numbers();
    check_whole(answer.proof);
    for (const Proof& alternative : answer.alternatives) {
      check_alternative(answer, alternative);
    }
    check_essential(answer);
    check_flags(answer);
    check_level(answer);
    return fault_;
  }

  std::string run(const Proof& partial) {
    check_numbers();
    check_proof(partial);
    return fault_;
  }

 private:
  /// Keeps the first fault.
  void demand(bool holds, const std::string& fault) {
    if (!holds && fault_.empty()) fault_ = fault;
  }

  void check_numbers() {
    std::set<int> numbers;
    for (const Observation& observation : history_) {
      demand(numbers.insert(observation.trial).second,
             "trial " + std::to_string(observation.trial) + " is in the history twice");
      demand(policy_.ceiling.contains(observation.grant),
             "trial " + std::to_string(observation.trial) + " was granted more than the ceiling");
    }
  }

  void check_trials(const std::vector<int>& trials, CapabilitySet grant, Verdict verdict) {
    const auto demand_here = [&](bool holds, const std::string& fault) {
      demand(holds, "{" + to_string(grant) + "}: " + fault);
    };
    demand_here(static_cast<int>(trials.size()) >= confirmations_,
                "claimed by fewer trials than the confirmations");
    demand_here(std::set<int>(trials.begin(), trials.end()).size() == trials.size(),
                "a trial counts twice");
    for (const int trial : trials) {
      const auto found = std::ranges::find(history_, trial, &Observation::trial);
      const std::string number = std::to_string(trial);
      if (found == history_.end()) {
        demand_here(false, "trial " + number + " is not in the history");
        continue;
      }
      demand_here(found->grant == grant, "trial " + number + " had another grant");
      demand_here(found->verdict == verdict, "trial " + number + " ended otherwise");
    }
  }

  int count(CapabilitySet grant, Verdict verdict) const {
    return static_cast<int>(std::ranges::count_if(history_, [&](const Observation& seen) {
      return seen.grant == grant && seen.verdict == verdict;
    }));
  }

  void check_failure(CapabilitySet grant, const std::vector<int>& trials) {
    check_trials(trials, grant, Verdict::kFailed);
    demand(count(grant, Verdict::kPassed) == 0,
           "{" + to_string(grant) + "} is claimed to fail but was seen passing");
  }

  /// Each removal that is there; returns the members that they removed.
  CapabilitySet check_proof(const Proof& proof) {
    demand(policy_.ceiling.contains(proof.set), "the set reaches above the ceiling");
    check_trials(proof.passed, proof.set, Verdict::kPassed);
    demand(count(proof.set, Verdict::kPassed) > count(proof.set, Verdict::kFailed),
           "{" + to_string(proof.set) + "} did not pass more often than it failed");
    CapabilitySet removed;
    for (const Removal& removal : proof.removals) {
      demand(proof.set.contains(removal.without), "a removal of what is no member");
      demand(removal.grant == proof.set.without(removal.without),
             "a removal of more or less than one member");
      check_failure(removal.grant, removal.trials);
      removed = removed.with(removal.without);
    }
    return removed;
  }

  void check_whole(const Proof& proof) {
    demand(check_proof(proof) == proof.set, "a member without a failing removal");
  }

  void check_alternative(const Minimal& answer, const Proof& alternative) {
    check_whole(alternative);
    demand(alternative.set != answer.proof.set, "the answer is given as its own alternative");
    demand(std::ranges::count(answer.alternatives, alternative.set, &Proof::set) == 1,
           "an alternative is given twice");
  }

  void check_essential(const Minimal& answer) {
    CapabilitySet essential;
    for (const Removal& removal : answer.essential) {
      demand(answer.proof.set.contains(removal.without), "essential, but no member");
      demand(removal.grant == policy_.ceiling.without(removal.without),
             "an essential member was not removed from the whole ceiling");
      check_failure(removal.grant, removal.trials);
      essential = essential.with(removal.without);
    }
    if (!answer.unique) return;
    demand(essential == answer.proof.set, "unique, but a member is not known to be essential");
    demand(answer.alternatives.empty() && !answer.other_pass, "unique, but there is another");
    demand(answer.monotone, "unique, although the predicate is not monotone");
  }

  void check_flags(const Minimal& answer) {
    for (const Observation& one : history_) {
      const bool only_passed = count(one.grant, Verdict::kFailed) == 0;
      if (one.verdict != Verdict::kPassed) continue;
      demand(only_passed || !answer.stable, "called stable, but a grant passed and failed");
      if (!only_passed) continue;
      demand(answer.proof.set == one.grant || one.grant.contains(answer.proof.set) ||
                 answer.other_pass.has_value(),
             "another pass was seen and not told");
      for (const Observation& other : history_) {
        const bool inside = other.verdict == Verdict::kFailed && other.grant.contains(one.grant) &&
                            count(other.grant, Verdict::kPassed) == 0;
        demand(!inside || !answer.monotone, "called monotone, but a pass lies inside a failure");
      }
    }
    if (!answer.other_pass) return;
    demand(!answer.other_pass->contains(answer.proof.set), "the other pass contains the answer");
    demand(count(*answer.other_pass, Verdict::kPassed) > 0, "the other pass was never seen");
  }

  void check_level(const Minimal& answer) {
    demand(answer.complete == answer.reason.empty(), "incomplete without a reason, or the like");
    demand(!answer.complete || answer.level == policy_.level, "another level than asked for");
    if (answer.level == Level::kOneMinimal) return;
    if (answer.level == Level::kUnique) {
      demand(answer.unique || !answer.alternatives.empty() || !answer.monotone,
             "not unique, but no alternative is shown");
      return;
    }
    for (const Cut& cut : answer.cuts) {
      check_failure(cut.grant, cut.trials);
    }
    demand(is_covered(answer, {}, {}), "the cuts leave another set possible");
  }

  /// Whether every extension of `set` without `barred` that has a member of each cut is accounted
  /// for: it contains a reported set, or is no less risky than the answer where that is enough.
  bool is_covered(const Minimal& answer, CapabilitySet set, CapabilitySet barred) const {
    if (set.contains(answer.proof.set)) return true;
    for (const Proof& alternative : answer.alternatives) {
      if (set.contains(alternative.set)) return true;
    }
    if (answer.level == Level::kLeastRisk && std::is_gteq(compare_risk(set, answer.proof.set))) {
      return true;
    }
    for (const Cut& cut : answer.cuts) {
      const CapabilitySet lacking = policy_.ceiling - cut.grant;
      if (!(lacking & set).empty()) continue;
      for (const Capability member : (lacking - barred).members()) {
        if (!is_covered(answer, set.with(member), barred)) return false;
        barred = barred.with(member);
      }
      return true;
    }
    return false;
  }

  const Policy& policy_;
  const History& history_;
  int confirmations_ = 1;
  std::string fault_;
};

}  // namespace

std::string find_fault(const Policy& policy, const History& history, const Minimal& answer) {
  return Checker(policy, history).run(answer);
}

std::string find_fault(const Policy& policy, const History& history, const Proof& partial) {
  return Checker(policy, history).run(partial);
}

std::string find_fault(CapabilitySet set, CapabilitySet conditional, const History& there) {
  if (conditional.empty()) return {};
  if (!set.contains(conditional)) return "needed under a condition, but no member";
  const CapabilitySet rest = set - conditional;
  const bool was_seen = std::ranges::any_of(there, [rest](const Observation& seen) {
    return seen.grant == rest && seen.verdict == Verdict::kPassed;
  });
  if (was_seen) return {};
  return "{" + to_string(rest) + "} is claimed to pass where low ports are open, and did not";
}

}  // namespace capmin
