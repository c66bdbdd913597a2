#include "cli/batch_command.h"

#include "cli/batch_file.h"
#include "cli/batch_job.h"
#include "cli/batch_part.h"
#include "cli/batch_results.h"
#include "cli/batch_text.h"
#include "cli/chosen_rules.h"
#include "cli/options_batch.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "core/error.h"
#include "diagnosis/sanitize.h"
#include "system/file.h"
#include "system/interruption.h"
#include "system/locked_log.h"
#include "system/process_identity.h"
#include "yaml/quote.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;
using Format = BatchOptions::Format;

/// A job with its files, all of which are known to be inside the batch file's directory.
struct PlacedJob {
  BatchJob job;
  JobFiles files;
};

std::vector<PlacedJob> jobs_of(const BatchOptions& options, std::string_view text) {
  std::vector<PlacedJob> placed;
  for (BatchJob& job : read_batch(text, options.file)) {
    try {
      JobFiles files = files_of(job, fs::path(options.file).parent_path());
      placed.push_back({std::move(job), std::move(files)});
    } catch (const Error& error) {
      fail_at(options.file, job.position, "job " + job.name + ": " + error.what(), error.hint());
    }
  }
  for (const std::string& name : options.only) {
    const bool is_known = std::ranges::any_of(
        placed, [&name](const PlacedJob& each) { return each.job.name == name; });
    if (is_known) continue;
    throw Error(ExitCode::kUsage, options.file + " has no job " + excerpt(name));
  }
  return placed;
}

/// Leaves the jobs of `part` alone, and of those the ones that were asked for by name.
void choose(const BatchPart& part, const BatchOptions& options, std::vector<PlacedJob>& jobs) {
  std::erase_if(jobs, [&](const PlacedJob& each) {
    const std::string& name = each.job.name;
    const bool is_asked_for =
        options.only.empty() || std::ranges::find(options.only, name) != options.only.end();
    return !is_asked_for || !part.has(name);
  });
}

/// One `capmin batch`.
class BatchRun {
 public:
  BatchRun(const BatchOptions& options, const std::vector<PlacedJob>& jobs, BatchPart part,
           ChosenRules rules)
      : options_(options),
        jobs_(jobs),
        part_(std::move(part)),
        rules_(std::move(rules)),
        records_(options.results),
        terminal_(options.color),
        interruption_("\nstopped at once; what is left has the label capmin.owner=" +
                      process_identity() + "\n") {
    if (options.deadline) until_ = std::chrono::steady_clock::now() + *options.deadline;
  }

  int operator()();

 private:
  bool is_quiet() const { return options_.verbosity == Verbosity::kQuiet; }
  bool is_time_up() const { return until_ && std::chrono::steady_clock::now() >= *until_; }
  bool run_next(const PlacedJob& placed);
  void announce(const PlacedJob& placed);
  std::string in_format() const;

  const BatchOptions& options_;
  const std::vector<PlacedJob>& jobs_;
  BatchPart part_;
  ChosenRules rules_;
  BatchResults records_;
  Terminal terminal_;
  Interruption interruption_;
  ProcessRunner runner_;
  BatchResult result_;
  std::optional<std::chrono::steady_clock::time_point> until_;
};

int BatchRun::operator()() {
  if (!part_.line.empty()) terminal_.line(part_.line);
  part_.begin(options_.only, records_);
  for (const PlacedJob& placed : jobs_) {
    if (!result_.left.empty() || is_time_up() || !run_next(placed)) {
      result_.left.push_back(placed.job.name);
    }
  }
  records_.summarize(to_json(result_, options_.fail_on));
  part_.end(result_, records_);
  records_.unlock();
  write_standard_output(in_format());
  if (!interruption_.token().stop_requested()) {
    if (!result_.left.empty()) {
      terminal_.line("error: the deadline was used up\n  hint: the same command goes on from here");
    }
    return exit_of(result_, options_.fail_on);
  }
  terminal_.line(
      "interrupted; the containers of this run are removed\n"
      "  hint: the same command goes on from here");
  return static_cast<int>(interruption_.signal() == SIGINT ? ExitCode::kInterrupted
                                                           : ExitCode::kTerminated);
}

/// False when a stop came.
bool BatchRun::run_next(const PlacedJob& placed) {
  if (interruption_.token().stop_requested()) return false;
  announce(placed);
  const std::optional<JobRecord> last = records_.find(placed.job.name);
  std::optional<JobRun> run =
      run_job(placed.job, placed.files, options_.force || !last ? nullptr : &*last,
              {runner_, rules_, is_quiet() ? nullptr : &terminal_, interruption_.token(), until_});
  if (!run) return false;
  if (!run->is_skipped) records_.keep(run->record);
  if (options_.format == Format::kText) write_standard_output(to_text(*run));
  result_.jobs.push_back(std::move(*run));
  return true;
}

void BatchRun::announce(const PlacedJob& placed) {
  if (is_quiet()) return;
  terminal_.line("job " + std::to_string(result_.jobs.size() + 1) + " of " +
                 std::to_string(jobs_.size()) + "  " + placed.job.name);
}

/// Jobs are told as text when they end, in other formats together.
std::string BatchRun::in_format() const {
  switch (options_.format) {
    case Format::kText:
      return totals(result_) + '\n';
    case Format::kJson:
      return to_json(result_, options_.fail_on);
    case Format::kMarkdown:
      return to_markdown(result_);
    case Format::kJunit:
      return to_junit(result_, options_.fail_on);
  }
  return {};
}

}  // namespace

int batch_command(const std::vector<std::string>& arguments) {
  const BatchOptions options = parse_batch_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  const std::string text = read_file(options.file);
  std::vector<PlacedJob> jobs = jobs_of(options, text);
  std::vector<std::string> names;
  for (const PlacedJob& placed : jobs) {
    names.push_back(placed.job.name);
  }
  ChosenRules rules = chosen_rules(options.rules);
  BatchPart part = part_of(options, text, names, rules.sha256);
  choose(part, options, jobs);
  return BatchRun(options, jobs, std::move(part), std::move(rules))();
}

}  // namespace capmin
