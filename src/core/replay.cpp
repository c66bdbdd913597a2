#include "core/replay.h"

#include <algorithm>
#include <cassert>

namespace capmin {

Replay::Replay(const Policy& policy, const History& history, int slots,
               std::span<const CapabilitySet> parked)
    : policy_(policy), free_slots_(std::max(slots, 1)), parked_(parked) {
  for (const Observation& observation : history) {
    records_[observation.grant].observed.push_back(&observation);
  }
}

std::optional<Verdict> Replay::ask(const TrialRequest& request, int agreeing,
                                   std::optional<Verdict> prediction) {
  assert(policy_.ceiling.contains(request.grant));
  for (;;) {
    const Record& record = records_[request.grant];
    if (record.passes() && record.passed >= agreeing) return Verdict::kPassed;
    if (record.fails() && record.failed >= agreeing) return Verdict::kFailed;
    if (record.passed > 0 && record.failed > 0) {
      const int enough = std::max(record.failed + kLead, agreeing);
      if (record.passed >= enough) return Verdict::kPassed;
      // A grant that passed once is never taken for failing: an honest word is better.
      if (record.failed >= record.passed + kLead ||
          record.passed + record.failed >= std::max(kMostRepetitions, 2 * agreeing)) {
        finish(Unstable{request.grant, trials(request.grant, Verdict::kPassed),
                        trials(request.grant, Verdict::kFailed)});
        return std::nullopt;
      }
    }
    if (!take(request, prediction)) return std::nullopt;
    if (!examine_contradiction(request.grant)) return std::nullopt;
  }
}

// The next completed trial of the grant.
std::optional<Verdict> Replay::take(const TrialRequest& request,
                                    std::optional<Verdict> prediction) {
  if (end_) return std::nullopt;
  Record& record = records_[request.grant];
  if (record.passed + record.failed == 0) record.purpose = request.purpose;
  std::vector<int> undecided;
  while (record.used < record.observed.size()) {
    const Observation& observation = *record.observed[record.used++];
    if (observation.verdict == Verdict::kUndecided) {
      undecided.push_back(observation.trial);
      if (undecided.size() == kMostUndecided) {
        finish(Undecided{request.grant, undecided});
        return std::nullopt;
      }
      continue;
    }
    ++answers_;
    if (!observation.suspects.empty()) has_clues_ = true;
    ++(observation.verdict == Verdict::kPassed ? record.passed : record.failed);
    return observation.verdict;
  }
  if (record.passes()) prediction = Verdict::kPassed;
  if (record.fails()) prediction = Verdict::kFailed;
  const std::optional<Verdict> answer = want(request, prediction);
  if (answer) ++(*answer == Verdict::kPassed ? record.passed : record.failed);
  return answer;
}

std::optional<Verdict> Replay::want(const TrialRequest& request,
                                    std::optional<Verdict> prediction) {
  const Record& record = records_[request.grant];
  const bool is_parked = std::ranges::find(parked_, request.grant) != parked_.end();
  if (std::ranges::find(wanted_, request.grant, &TrialRequest::grant) == wanted_.end()) {
    const bool repeated = record.passed + record.failed > 0;
    wanted_.push_back(request);
    if (!is_parked) --free_slots_;
    if (repeated && request.purpose != Purpose::kBaseline) {
      wanted_.back().purpose = Purpose::kConfirm;
    }
  }
  if (free_slots_ <= 0) return std::nullopt;
  if (!is_parked || record.passed > 0) return prediction;
  // After a failure of the search comes what its clues name, which are not known yet.
  const bool is_search =
      request.purpose == Purpose::kSearch || request.purpose == Purpose::kBaseline;
  return is_search ? std::nullopt : std::optional(Verdict::kFailed);
}

// Repeats both sides of the first contradiction that `grant` is part of. False when the strategy
// cannot go on.
bool Replay::examine_contradiction(CapabilitySet grant) {
  if (!monotone_ || !wanted_.empty()) return true;
  const Record& record = records_[grant];
  const auto contradicts = [&](const auto& entry) {
    const auto& [other, seen] = entry;
    if (other == grant) return false;
    return (record.passes() && seen.fails() && other.contains(grant)) ||
           (record.fails() && seen.passes() && grant.contains(other));
  };
  const auto found = std::ranges::find_if(records_, contradicts);
  if (found == records_.end()) return true;

  contradicted_ = true;
  const CapabilitySet other = found->first;
  for (const CapabilitySet side : {grant, other}) {
    if (!take({side, Purpose::kConfirm, {}}, {})) return false;
  }
  const auto stable = [this](CapabilitySet side) {
    return records_[side].passes() || records_[side].fails();
  };
  if (stable(grant) && stable(other)) monotone_ = false;
  return true;
}

std::optional<Verdict> Replay::implied(CapabilitySet grant) const {
  if (!monotone_) return std::nullopt;
  for (const auto& [seen, record] : records_) {
    if (record.passes() && grant.contains(seen)) return Verdict::kPassed;
    if (record.fails() && seen.contains(grant)) return Verdict::kFailed;
  }
  return std::nullopt;
}

bool Replay::fails(CapabilitySet grant, int agreeing) const {
  const Record* const record = find(grant);
  return record != nullptr && record->fails() && record->failed >= agreeing;
}

const Observation* Replay::first(CapabilitySet grant, Verdict verdict) const {
  const Record* const record = find(grant);
  if (record == nullptr) return nullptr;
  for (std::size_t i = 0; i < record->used; ++i) {
    if (record->observed[i]->verdict == verdict) return record->observed[i];
  }
  return nullptr;
}

const Observation* Replay::failure(CapabilitySet grant) const {
  return first(grant, Verdict::kFailed);
}

const Observation* Replay::pass(CapabilitySet grant) const {
  return first(grant, Verdict::kPassed);
}

bool Replay::was_search(CapabilitySet grant) const {
  const Record* const record = find(grant);
  return record != nullptr && record->purpose == Purpose::kSearch;
}

std::optional<CapabilitySet> Replay::smaller_pass(CapabilitySet grant) const {
  std::optional<CapabilitySet> best;
  for (const CapabilitySet seen : passes()) {
    if (seen == grant || !grant.contains(seen)) continue;
    if (!best || std::is_lt(compare_risk(seen, *best))) best = seen;
  }
  return best;
}

std::optional<CapabilitySet> Replay::larger_failure(CapabilitySet grant) const {
  std::optional<CapabilitySet> largest;
  for (const auto& [seen, record] : records_) {
    if (!record.fails() || !seen.contains(grant)) continue;
    if (!largest || seen.size() > largest->size()) largest = seen;
  }
  return largest;
}

std::vector<CapabilitySet> Replay::passes() const {
  std::vector<CapabilitySet> result;
  for (const auto& [grant, record] : records_) {
    if (record.passes()) result.push_back(grant);
  }
  return result;
}

int Replay::confirmations() const {
  int errors = 0;
  for (const auto& [grant, record] : records_) {
    errors += std::min(record.passed, record.failed);
  }
  const int raised = errors > 0 ? 3 + errors : contradicted_ ? 2 : 1;
  return std::max(policy_.confirm, std::min(raised, kMostConfirmations));
}

std::vector<int> Replay::trials(CapabilitySet grant, Verdict verdict) const {
  std::vector<int> result;
  const Record* const record = find(grant);
  if (record == nullptr) return result;
  for (std::size_t i = 0; i < record->used; ++i) {
    if (record->observed[i]->verdict == verdict) result.push_back(record->observed[i]->trial);
  }
  return result;
}

const Replay::Record* Replay::find(CapabilitySet grant) const {
  const auto found = records_.find(grant);
  return found == records_.end() ? nullptr : &found->second;
}

}  // namespace capmin
