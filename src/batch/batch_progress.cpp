#include "batch/batch_progress.h"

#include "run/progress.h"
#include "text/words.h"

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

namespace {

constexpr std::chrono::seconds kHeartbeat{30};
constexpr std::chrono::seconds kRedraw{1};

double seconds_since(BatchProgress::Clock::time_point begin) {
  return std::chrono::duration<double>(BatchProgress::Clock::now() - begin).count();
}

}  // namespace

void BatchProgress::started(std::size_t job) {
  running_[job] = Clock::now();
}

void BatchProgress::ended(std::size_t job, const JobRun& run) {
  running_.erase(job);
  ++ended_;
  estimate_.end(job, run.record.seconds, run.is_skipped);
  if (terminal_ == nullptr || terminal_->is_terminal()) return;
  say(counts() + "  " + names_[job] + ": " + std::string(name_of(run.record.status)) +
      (run.is_skipped ? ", skipped" : ", " + seconds_text(run.record.seconds)));
}

void BatchProgress::left(std::size_t job) {
  running_.erase(job);
  estimate_.end(job);
}

void BatchProgress::say(const std::string& line) {
  if (terminal_ == nullptr) return;
  terminal_->line(terminal_->is_terminal() ? line : time_of_day() + line);
  next_ = Clock::now() + kHeartbeat;
  if (terminal_->is_terminal()) next_ = Clock::now();
}

void BatchProgress::clear() {
  if (terminal_ == nullptr) return;
  terminal_->clear();
  if (terminal_->is_terminal()) next_ = Clock::now();
}

void BatchProgress::show() {
  if (terminal_ == nullptr) {
    next_ = Clock::now() + std::chrono::hours(1);
    return;
  }
  if (Clock::now() < next_) return;
  if (terminal_->is_terminal()) {
    terminal_->passing(counts() + "  " + running());
    next_ = Clock::now() + kRedraw;
  } else if (next_ == begin_) {
    next_ = begin_ + kHeartbeat;
  } else {
    say(counts() + "  " + running());
  }
}

/// "3 of 13 done, 2 running, 8 left, about 40 s"
std::string BatchProgress::counts() const {
  std::map<std::size_t, double> running;
  for (const auto& [job, begin] : running_) {
    running[job] = seconds_since(begin);
  }
  std::string text = std::to_string(ended_) + " of " + std::to_string(names_.size()) + " done, " +
                     std::to_string(running_.size()) + " running, " +
                     std::to_string(names_.size() - ended_ - running_.size()) + " left";
  const std::optional<double> left = estimate_.seconds_left(running);
  if (left && ended_ < names_.size()) text += ", " + about(*left);
  return text;
}

/// "redis 12 s, nginx 3.0 s"
std::string BatchProgress::running() const {
  std::string text;
  for (const auto& [job, begin] : running_) {
    text += (text.empty() ? "" : ", ") + names_[job] + ' ' + seconds_text(seconds_since(begin));
  }
  return text;
}

}  // namespace capmin
