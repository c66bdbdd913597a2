#include "batch/batch_process.h"

#include "core/error.h"
#include "run/run_profile.h"
#include "system/process_limits.h"
#include "text/sanitize.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <sstream>

namespace capmin {
namespace {

constexpr std::string_view kRan = "ran\n";
constexpr std::string_view kSkipped = "skipped\n";

/// To remove its containers, however slow the engine is; what is killed then, its guardian removes.
constexpr std::chrono::minutes kGrace{1};
/// A job ends by itself when the batch's time is up; only one that hangs is ended.
constexpr std::chrono::minutes kBeyondDeadline{5};
constexpr std::chrono::hours kNoDeadline{24 * 365};
constexpr std::size_t kLongestAnswer = 16U << 20U;

std::optional<JobRun> answered(std::string_view text, const std::string& source) {
  for (const bool is_skipped : {false, true}) {
    const std::string_view word = is_skipped ? kSkipped : kRan;
    if (text.starts_with(word)) {
      return JobRun{record_from_json(text.substr(word.size()), source), is_skipped};
    }
  }
  return std::nullopt;
}

/// What the process said last of an error.
std::string last_error(const std::string& err) {
  constexpr std::string_view kError = "error: ";
  std::istringstream lines(err);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kError)) last = line.substr(kError.size());
  }
  return last;
}

Error failure_of(const ProcessResult& result) {
  const std::string fault = "this is a fault of capmin; please report it";
  switch (result.ending) {
    case ProcessResult::Ending::kSignaled:
      // Nobody but the kernel, for lack of memory, and the machine's owner sends this one.
      if (result.status == SIGKILL || result.status == SIGTERM) {
        return {ExitCode::kEngine,
                "the job's process was ended by signal " + std::to_string(result.status),
                "was there enough memory?"};
      }
      return {ExitCode::kInternal,
              "the job's process was ended by signal " + std::to_string(result.status), fault};
    case ProcessResult::Ending::kDeadline:
    case ProcessResult::Ending::kStopped:
      return {ExitCode::kBudget, "the job did not end in time", ""};
    case ProcessResult::Ending::kNotStarted:
      return {ExitCode::kEngine, "no process could be started: " + result.failure,
              is_of_limits(result.error) ? limits_hint(true) : ""};
    case ProcessResult::Ending::kExited:
      break;
  }
  const std::string error = last_error(result.err);
  constexpr std::array kExpected{ExitCode::kUsage, ExitCode::kEngine, ExitCode::kOutput};
  const auto* const code = std::ranges::find(kExpected, result.status,
                                             [](ExitCode each) { return static_cast<int>(each); });
  if (code != kExpected.end() && !error.empty()) return {*code, error, ""};
  const bool is_told_to_end = result.status == static_cast<int>(ExitCode::kTerminated) ||
                              result.status == static_cast<int>(ExitCode::kInterrupted);
  if (is_told_to_end) return {ExitCode::kEngine, "somebody ended the job's process", ""};
  return {ExitCode::kInternal,
          "the job's process ended with status " + std::to_string(result.status) +
              (error.empty() ? " and no answer" : ": " + error),
          fault};
}

/// As an option takes it: in milliseconds only what is short.
std::string duration_text(std::chrono::milliseconds duration) {
  if (duration > std::chrono::hours(1)) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + 's';
  }
  return std::to_string(std::max<std::int64_t>(duration.count(), 1)) + "ms";
}

}  // namespace

JobRun failed(const BatchJob& job, const Error& error) {
  const Verification verification = failed_by(error);
  JobRecord record;
  record.name = job.name;
  record.mode = job.mode();
  if (const auto* const options = std::get_if<RunOptions>(&job.options)) {
    record.image = options->image;
  }
  record.profile = job.profile;
  record.status = verification.status;
  record.exit = verification.exit;
  record.text = verification.text;
  record.details = verification.details;
  record.hint = verification.hint;
  record.at = ending_now(std::chrono::steady_clock::now()).at;
  return {std::move(record), false};
}

Command job_process(const BatchOptions& options, const std::string& name,
                    std::optional<std::chrono::milliseconds> left) {
  Command command;
  command.argv = {"/proc/self/exe", std::string(kBatchJobName), "--only=" + name,
                  // Whatever the environment says: the job was chosen already.
                  "--shard=1/1", "--results=" + options.results,
                  "--jobs=" + std::to_string(options.jobs)};
  if (options.force) command.argv.emplace_back("--force");
  if (!options.rules.empty()) command.argv.push_back("--rules=" + options.rules);
  if (options.verbosity == Verbosity::kVerbose) command.argv.emplace_back("--verbose");
  if (left) {
    command.argv.push_back("--deadline=" + duration_text(*left));
  }
  command.argv.insert(command.argv.end(), {"--", options.file});
  command.deadline = left ? *left + kBeyondDeadline : std::chrono::milliseconds(kNoDeadline);
  command.grace = kGrace;
  command.output_limit = kLongestAnswer;
  return command;
}

std::string answer_of(const JobRun& run) {
  return std::string(run.is_skipped ? kSkipped : kRan) + emit_json(document_of(run.record));
}

std::optional<JobRun> run_of(const BatchJob& job, const ProcessResult& result, bool is_stopping) {
  if (result.ok()) {
    try {
      if (auto run = answered(result.out, "the job's answer")) return run;
    } catch (const Error& error) {
      return failed(job, Error(ExitCode::kInternal, error.what(), error.hint()));
    }
  } else if (is_stopping && result.ending != ProcessResult::Ending::kDeadline) {
    return std::nullopt;
  }
  return failed(job, failure_of(result));
}

}  // namespace capmin
