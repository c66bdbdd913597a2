#include "batch/batch_run.h"

#include "batch/batch_format.h"
#include "batch/batch_process.h"
#include "batch/batch_results.h"
#include "core/error.h"
#include "run/chosen_rules.h"
#include "run/shared.h"
#include "run/terminal.h"
#include "system/file.h"
#include "system/interruption.h"
#include "system/process.h"
#include "text/words.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <system_error>

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

namespace {

double seconds_between(BatchState::Time begin, BatchState::Time end) {
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

std::string BatchState::counts(Time now) const {
  std::map<std::size_t, double> seconds;
  for (const auto& [job, each] : running) {
    seconds[job] = seconds_between(each.begin, now);
  }
  std::string text = std::to_string(ended) + " of " + std::to_string(jobs) + " done, " +
                     std::to_string(running.size()) + " running, " +
                     std::to_string(jobs - ended - running.size()) + " left";
  const std::optional<double> left = estimate.seconds_left(seconds);
  if (left && ended < jobs) text += ", " + about(*left);
  return text;
}

std::string BatchState::running_text(Time now) const {
  std::string text;
  for (const auto& [job, each] : running) {
    text += (text.empty() ? "" : ", ") + each.name + ' ' +
            seconds_text(seconds_between(each.begin, now));
  }
  return text;
}

void BatchProgress::started(std::size_t job) {
  state_.running[job] = {names_[job], std::chrono::steady_clock::now()};
}

void BatchProgress::ended(std::size_t job, const JobRun& run) {
  state_.running.erase(job);
  ++state_.ended;
  state_.estimate.end(job, run.record.seconds, run.is_skipped);
  if (terminal_ == nullptr || terminal_->is_terminal()) return;
  say(state_.counts(std::chrono::steady_clock::now()) + "  " + names_[job] + ": " +
      std::string(name_of(run.record.status)) +
      (run.is_skipped ? ", skipped" : ", " + seconds_text(run.record.seconds)));
}

void BatchProgress::left(std::size_t job) {
  state_.running.erase(job);
  state_.estimate.end(job);
}

void BatchProgress::say(const std::string& line) {
  if (terminal_ == nullptr) return;
  terminal_->line(terminal_->is_terminal() ? line : time_of_day() + line);
}

void BatchProgress::show() {
  if (terminal_ == nullptr) return;
  const auto state = std::make_shared<const BatchState>(state_);
  terminal_->show({.lines =
                       [state](LiveText::Time now, std::size_t) {
                         return std::vector{state->counts(now), state->running_text(now)};
                       },
                   .line =
                       [state](LiveText::Time now) {
                         return state->counts(now) + "  " + state->running_text(now);
                       }});
}

void BatchProgress::clear() {
  if (terminal_ != nullptr) terminal_->clear();
}

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

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Format = BatchOptions::Format;

JobClaims claims_of(const PlacedJob& placed) {
  std::error_code ignored;
  const fs::path path = fs::weakly_canonical(placed.files.profile, ignored);
  return {.profile = path.string(), .writes = !placed.job.is_verify()};
}

std::vector<JobClaims> claims_of(const std::vector<PlacedJob>& jobs) {
  std::vector<JobClaims> claims;
  claims.reserve(jobs.size());
  for (const PlacedJob& placed : jobs) {
    claims.push_back(claims_of(placed));
  }
  return claims;
}

BatchEstimate estimate_of(const std::vector<PlacedJob>& jobs, const BatchOptions& options) {
  std::vector<BatchEstimate::Job> times;
  for (const PlacedJob& placed : jobs) {
    BatchEstimate::Job& time = times.emplace_back();
    const std::optional<JobRecord> last = find_record(options.results, placed.job.name);
    if (!last) continue;
    time.last_seconds = last->seconds;
    time.may_be_skipped = !options.force && is_result(*last);
  }
  return {std::move(times), options.jobs};
}

std::vector<std::string> names_of(const std::vector<PlacedJob>& jobs) {
  std::vector<std::string> names;
  names.reserve(jobs.size());
  for (const PlacedJob& placed : jobs) {
    names.push_back(placed.job.name);
  }
  return names;
}

/// Names, as many as a line takes.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kMost) text += " and " + std::to_string(names.size() - kMost) + " more";
  return text;
}

class BatchRun {
 public:
  BatchRun(const BatchOptions& options, const std::vector<PlacedJob>& jobs, const BatchPart& part)
      : options_(options),
        jobs_(jobs),
        part_(part),
        records_(options.results),
        terminal_(options.color),
        progress_(options.verbosity == Verbosity::kQuiet ? nullptr : &terminal_, names_of(jobs),
                  estimate_of(jobs, options)),
        schedule_(claims_of(jobs),
                  [this](std::size_t job) {
                    return options_.jobs > 1 &&
                           !shared_things(jobs_[job].job, jobs_[job].files).empty();
                  }),
        runs_(jobs.size()),
        interruption_(terminal_.last_words(
            "stopped at once; containers are removed within seconds, or by: capmin clean")),
        on_stop_(interruption_.token(), [this] { wake(); }) {
    if (options.deadline) until_ = Clock::now() + *options.deadline;
  }

  ExitCode operator()();

 private:
  /// A job whose process has ended.
  struct Ended {
    std::size_t job;
    ProcessResult result;
  };

  void wake() {
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
  }
  bool is_stopping() const { return interruption_.token().stop_requested(); }
  bool is_time_up() const { return until_ && Clock::now() >= *until_; }
  void start_jobs();
  void say_slots(std::size_t job);
  void start(std::size_t job);
  std::vector<Ended> wait();
  void drain();
  void take(const Ended& ended);
  void keep(const BatchJob& job, const std::string& log, JobRun& run);
  void keep_log(const JobRun& run, const std::string& log);
  void tell();
  BatchResult result() const;
  ExitCode finish();

  const BatchOptions& options_;
  const std::vector<PlacedJob>& jobs_;
  BatchPart part_;
  BatchResults records_;
  Terminal terminal_;
  BatchProgress progress_;
  BatchSchedule schedule_;
  std::vector<std::optional<JobRun>> runs_;  ///< in the order of the file
  std::size_t told_ = 0;                     ///< so many of them were printed
  std::size_t running_ = 0;
  std::optional<Clock::time_point> until_;
  std::optional<Clock::time_point> drained_;  ///< when jobs that still run are interrupted
  std::stop_source stop_jobs_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Ended> ended_;
  Interruption interruption_;
  std::stop_callback<std::function<void()>> on_stop_;
  ProcessRunner runner_;
};

ExitCode BatchRun::operator()() {
  if (!part_.line.empty()) terminal_.line(part_.line);
  part_.begin(options_.only, records_);
  for (;;) {
    start_jobs();
    if (running_ == 0) break;
    progress_.show();
    for (const Ended& ended : wait()) {
      take(ended);
    }
    if (is_stopping()) drain();
    tell();
  }
  return finish();
}

void BatchRun::start_jobs() {
  while (running_ < static_cast<std::size_t>(options_.jobs) && !is_stopping() && !is_time_up()) {
    const std::optional<std::size_t> job = schedule_.start_next();
    if (!job) return;
    start(*job);
  }
}

/// Says of a job that asks for trials side by side that it does not get them.
void BatchRun::say_slots(std::size_t job) {
  const auto& [asked, files] = jobs_[job];
  if (asked.trials_at_once() == 1) return;
  const std::vector<std::string> shared = shared_things(asked, files);
  if (!shared.empty()) progress_.say(asked.name + ": " + one_at_a_time(shared));
}

void BatchRun::start(std::size_t job) {
  std::optional<std::chrono::milliseconds> left;
  if (until_) left = std::chrono::ceil<std::chrono::milliseconds>(*until_ - Clock::now());
  ++running_;
  progress_.started(job);
  say_slots(job);
  runner_.start(job_process(options_, jobs_[job].job.name, left), stop_jobs_.get_token(),
                [this, job](ProcessResult result) {
                  const std::scoped_lock lock(mutex_);
                  ended_.push_back({job, std::move(result)});
                  changed_.notify_all();
                });
}

/// The jobs that have ended; none where something else is to be done.
std::vector<BatchRun::Ended> BatchRun::wait() {
  std::unique_lock lock(mutex_);
  const auto is_due = [this] { return !ended_.empty() || (is_stopping() && !drained_); };
  if (drained_ && !stop_jobs_.stop_requested()) {
    changed_.wait_until(lock, *drained_, is_due);
  } else {
    changed_.wait(lock, is_due);
  }
  return std::exchange(ended_, {});
}

/// Nothing more is started; what runs has some time to end before it is interrupted.
void BatchRun::drain() {
  if (!drained_) {
    drained_ = Clock::now() + options_.grace;
    if (running_ != 0) {
      progress_.say(
          "stopping: " + std::to_string(running_) + " running " +
          (running_ == 1 ? "job has " : "jobs have ") +
          std::to_string(std::chrono::ceil<std::chrono::seconds>(options_.grace).count()) +
          " s to end; a second signal stops at once");
    }
  }
  if (Clock::now() >= *drained_) stop_jobs_.request_stop();
}

void BatchRun::take(const Ended& ended) {
  --running_;
  schedule_.end(ended.job);
  std::optional<JobRun> run = run_of(jobs_[ended.job].job, ended.result, is_stopping());
  if (!run) return progress_.left(ended.job);
  if (!run->is_skipped) keep(jobs_[ended.job].job, ended.result.err, *run);
  progress_.ended(ended.job, *run);
  runs_[ended.job] = std::move(run);
}

/// Writes down what became of a job. Where that cannot be done it is this job's error, and it runs
/// again the next time.
void BatchRun::keep(const BatchJob& job, const std::string& log, JobRun& run) {
  try {
    keep_log(run, log);
    records_.keep(run.record);
  } catch (const Error& error) {
    run = failed(job, error);
    records_.forget(job.name);
  }
}

/// What the job's process said of its trials; each line was cleaned there, but for a crash's.
void BatchRun::keep_log(const JobRun& run, const std::string& log) {
  const std::string text = clean_log(log);
  if (options_.verbosity == Verbosity::kVerbose) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      terminal_.line(run.record.name + ": " + line);
    }
  }
  records_.keep_log(run.record.name, text);
}

/// Prints the jobs that have ended, as far as all before them have.
void BatchRun::tell() {
  if (options_.format != Format::kText) return;
  std::string text;
  for (; told_ < runs_.size() && runs_[told_]; ++told_) {
    text += to_text(*runs_[told_]);
  }
  if (text.empty()) return;
  progress_.clear();
  write_standard_output(for_standard_output(text));
}

BatchResult BatchRun::result() const {
  BatchResult result;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (runs_[i]) {
      result.jobs.push_back(*runs_[i]);
    } else {
      result.left.push_back(jobs_[i].job.name);
    }
  }
  return result;
}

ExitCode BatchRun::finish() {
  const BatchResult all = result();
  progress_.clear();
  if (options_.format == Format::kText) {
    std::string rest;
    for (; told_ < runs_.size(); ++told_) {
      if (runs_[told_]) rest += to_text(*runs_[told_]);
    }
    write_standard_output(for_standard_output(rest));
  }
  records_.summarize(to_json(all, options_.fail_on));
  part_.end(all, records_);
  records_.unlock();
  // Jobs were told as text when they ended; other formats tell of them together.
  write_standard_output(options_.format == Format::kText
                            ? for_standard_output(totals(all) + '\n')
                            : in_format(all, options_.format, options_.fail_on, options_.file));
  if (!all.left.empty()) terminal_.line("not run: " + listed(all.left));
  if (!is_stopping() || all.left.empty()) {
    if (!all.left.empty()) {
      terminal_.line("error: the deadline was used up\n  hint: the same command goes on from here");
    }
    return static_cast<ExitCode>(exit_of(all, options_.fail_on));
  }
  terminal_.line(
      "interrupted; the containers of this run are removed\n"
      "  hint: the same command goes on from here");
  return interruption_.exit_code();
}

}  // namespace

ExitCode run_batch(const BatchOptions& options, const std::vector<PlacedJob>& jobs,
                   const BatchPart& part) {
  return BatchRun(options, jobs, part)();
}

}  // namespace capmin
