#include "batch/batch_progress.h"

#include "run/progress.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
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
