#include "batch/batch_file.h"
#include "batch/batch_job.h"
#include "batch/batch_process.h"
#include "batch/batch_results.h"
#include "batch/batch_run.h"
#include "batch/shard.h"
#include "cli/commands.h"
#include "core/error.h"
#include "options/batch_options.h"
#include "run/chosen_rules.h"
#include "run/terminal.h"
#include "system/file.h"
#include "system/interruption.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/spelling.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

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
    std::vector<std::string_view> names;
    std::ranges::transform(placed, std::back_inserter(names),
                           [](const PlacedJob& each) { return std::string_view(each.job.name); });
    throw Error(ExitCode::kUsage, options.file + " has no job " + excerpt(name),
                did_you_mean(name, names));
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

}  // namespace

ExitCode batch_command(const std::vector<std::string>& arguments) {
  const BatchOptions options = parse_batch_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  const std::string text = read_file(options.file);
  std::vector<PlacedJob> jobs = jobs_of(options, text);
  std::vector<std::string> names;
  names.reserve(jobs.size());
  for (const PlacedJob& placed : jobs) {
    names.push_back(placed.job.name);
  }
  // A rule file that cannot be read is everybody's trouble.
  const ChosenRules rules = chosen_rules(options.rules);
  BatchPart part = part_of(options, text, names, rules.sha256);
  choose(part, options, jobs);
  return run_batch(options, jobs, part);
}

ExitCode batch_job_command(const std::vector<std::string>& arguments) {
  const BatchOptions options = parse_batch_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<PlacedJob> jobs = jobs_of(options, read_file(options.file));
  std::erase_if(jobs, [&options](const PlacedJob& each) {
    return std::ranges::find(options.only, each.job.name) == options.only.end();
  });
  if (jobs.size() != 1) {
    throw Error(ExitCode::kUsage, "a job's process is started by capmin batch only",
                "see capmin help batch");
  }
  const PlacedJob& placed = jobs.front();
  const std::shared_future<ChosenRules> rules = begin_reading_rules(options.rules);
  Terminal terminal(options.color);
  const Interruption interruption;
  ProcessRunner runner;
  SearchBench bench{runner, rules, &terminal};
  if (options.deadline) bench.until = begin + *options.deadline;
  const fs::path journal = ResultFiles{options.results}.journal(placed.job.name);
  std::error_code ignored;
  if (options.force) fs::remove(journal, ignored);
  const std::optional<JobRecord> last = find_record(options.results, placed.job.name);
  const std::optional<JobRun> run =
      run_job(placed.job, placed.files, options.force || !last ? nullptr : &*last,
              {.bench = bench,
               .stop = interruption.token(),
               .is_beside_others = options.jobs > 1,
               .journal = journal});
  if (!run) return ExitCode::kTerminated;
  write_standard_output(answer_of(*run));
  return ExitCode::kDone;
}

}  // namespace capmin
