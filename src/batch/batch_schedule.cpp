#include "batch/batch_schedule.h"

#include <algorithm>

namespace capmin {

std::optional<std::size_t> BatchSchedule::start_next() {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (jobs_[i].state != State::kWaits || waits_for_a_profile(i) || waits_for_shared(i)) {
      continue;
    }
    jobs_[i].state = State::kRuns;
    return i;
  }
  return std::nullopt;
}

/// What an earlier job writes, or reads, must have happened before.
bool BatchSchedule::waits_for_a_profile(std::size_t job) const {
  const JobClaims& claims = jobs_[job].claims;
  return std::any_of(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(job),
                     [&claims](const Job& earlier) {
                       return earlier.state != State::kEnded &&
                              earlier.claims.profile == claims.profile &&
                              (earlier.claims.writes || claims.writes);
                     });
}

bool BatchSchedule::waits_for_shared(std::size_t job) {
  const bool is_taken = std::ranges::any_of(jobs_, [](const Job& other) {
    return other.state == State::kRuns && other.shares.value_or(false);
  });
  Job& asked = jobs_[job];
  if (!asked.shares) asked.shares = shares_(job);
  return *asked.shares && is_taken;
}

}  // namespace capmin
