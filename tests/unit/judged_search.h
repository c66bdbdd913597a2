#pragma once

#include "trial/search.h"

namespace capmin {

// A search whose trials pass when their grant holds what is needed.

inline const RuleTable& no_rules() {
  static const RuleTable table = RuleTable::parse(
      "rules: [{id: \"none\", patterns: [\"never\"], suspects: [\"KILL\"], reason: \"-\", check: "
      "\"-\"}]",
      "test");
  return table;
}

inline constexpr CapabilitySet kNeeded{Capability::kChown, Capability::kSetuid};

inline Policy policy() {
  Policy policy;
  policy.ceiling = docker_default_set();
  return policy;
}

inline Outcome passed() {
  Outcome outcome;
  outcome.verdict = Verdict::kPassed;
  outcome.ending = Ending::kProbePassed;
  outcome.wait_seconds = 1;
  return outcome;
}

inline Outcome failed() {
  Outcome outcome;
  outcome.verdict = Verdict::kFailed;
  outcome.ending = Ending::kExited;
  outcome.exit_code = 1;
  return outcome;
}

inline Outcome judged(CapabilitySet grant) {
  return grant.contains(kNeeded) ? passed() : failed();
}

inline SearchPlan plan(int slots = 1) {
  SearchPlan plan;
  plan.policy = policy();
  plan.limits.slots = slots;
  return plan;
}

inline SearchResult searched(const TrialRunner& run, const SearchPlan& search_plan = plan(),
                             const std::stop_token& stop = {}) {
  return search(search_plan, no_rules(), run, {}, stop);
}

}  // namespace capmin
