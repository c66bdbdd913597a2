#include "batch/batch_estimate.h"

#include <algorithm>
#include <cmath>

namespace capmin {

void BatchEstimate::end(std::size_t job, double seconds, bool is_skipped) {
  end(job);
  Job& ended = jobs_.at(job);
  if (is_skipped) {
    ++skipped_;
    return;
  }
  if (ended.may_be_skipped) ++run_;
  ended.last_seconds = seconds;
}

/// Of all jobs whose time is known.
std::optional<double> BatchEstimate::mean() const {
  double sum = 0;
  int count = 0;
  for (const Job& job : jobs_) {
    if (!job.last_seconds) continue;
    sum += *job.last_seconds;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

std::optional<double> BatchEstimate::seconds_left(
    const std::map<std::size_t, double>& running) const {
  const std::optional<double> usual = mean();
  if (!usual) return std::nullopt;
  // As if one more had been run: the first job that is skipped says little of the others.
  const double share_run = (run_ + 1.0) / (run_ + skipped_ + 1.0);
  double sum = 0;
  double longest = 0;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (is_over_[i]) continue;
    const double whole = jobs_[i].last_seconds.value_or(*usual);
    const auto runs = running.find(i);
    const double left = runs != running.end()     ? std::max(0.0, whole - runs->second)
                        : jobs_[i].may_be_skipped ? whole * share_run
                                                  : whole;
    sum += left;
    longest = std::max(longest, left);
  }
  return std::max(longest, sum / slots_);
}

std::string about(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 3600;
  if (seconds < 1.5 * kMinute) return "about " + std::to_string(std::lround(seconds)) + " s";
  if (seconds < 1.5 * kHour) {
    return "about " + std::to_string(std::lround(seconds / kMinute)) + " min";
  }
  const long tenths = std::lround(seconds / kHour * 10);
  return "about " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " h";
}

}  // namespace capmin
