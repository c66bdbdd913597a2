#include "cli/batch_command.h"

#include "cli/batch_file.h"
#include "cli/batch_job.h"
#include "cli/batch_process.h"
#include "cli/batch_records.h"
#include "cli/batch_run.h"
#include "cli/chosen_rules.h"
#include "cli/options_batch.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "core/error.h"
#include "diagnosis/sanitize.h"
#include "system/file.h"
#include "system/interruption.h"
#include "yaml/quote.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

namespace capmin {
namespace {

namespace fs = std::filesystem;

std::vector<PlacedJob> jobs_of(const BatchOptions& options) {
  std::vector<PlacedJob> placed;
  for (BatchJob& job : read_batch(read_file(options.file), options.file)) {
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
  std::vector<PlacedJob> part;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    if (i % static_cast<std::size_t>(options.shards) ==
        static_cast<std::size_t>(options.shard - 1)) {
      part.push_back(std::move(placed[i]));
    }
  }
  placed = std::move(part);
  if (!options.only.empty()) {
    std::erase_if(placed, [&options](const PlacedJob& each) {
      return std::ranges::find(options.only, each.job.name) == options.only.end();
    });
  }
  return placed;
}

}  // namespace

int batch_command(const std::vector<std::string>& arguments) {
  const BatchOptions options = parse_batch_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  // A rule file that cannot be read is everybody's trouble.
  chosen_rules(options.rules);
  return run_batch(options, jobs_of(options));
}

int batch_job_command(const std::vector<std::string>& arguments) {
  const BatchOptions options = parse_batch_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<PlacedJob> jobs = jobs_of(options);
  if (jobs.size() != 1) {
    throw Error(ExitCode::kUsage, "a job's process is started by capmin batch only",
                "see capmin help batch");
  }
  const PlacedJob& placed = jobs.front();
  const ChosenRules rules = chosen_rules(options.rules);
  Terminal terminal(options.color);
  const Interruption interruption("");
  ProcessRunner runner;
  VerifyBench bench{runner, rules, &terminal, interruption.token()};
  if (options.deadline) bench.until = begin + *options.deadline;
  const std::optional<JobRecord> last = find_record(options.results, placed.job.name);
  const std::optional<JobRun> run =
      run_job(placed.job, placed.files, options.force || !last ? nullptr : &*last,
              {.bench = bench, .is_beside_others = options.jobs > 1});
  if (!run) return static_cast<int>(ExitCode::kTerminated);
  write_standard_output(answer_of(*run));
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace capmin
