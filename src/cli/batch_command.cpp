#include "batch/batch_file.h"
#include "batch/batch_job.h"
#include "batch/batch_part.h"
#include "batch/batch_process.h"
#include "batch/batch_results.h"
#include "batch/batch_run.h"
#include "cli/commands.h"
#include "core/error.h"
#include "run/chosen_rules.h"
#include "run/option_values.h"
#include "run/terminal.h"
#include "system/file.h"
#include "system/interruption.h"
#include "text/quote.h"
#include "text/sanitize.h"

#include <boost/program_options.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;
using Format = BatchOptions::Format;

constexpr const char* kHint = "see capmin batch --help";

po::options_description table() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<string>()->value_name(name); };
  auto add = options.add_options();
  add("only", text("NAME"), "run this job alone; may be given again");
  add("shard", text("I/N"),
      "run the I-th of N parts of the jobs, which keeps its results in a directory of its own; "
      "see below for what is taken without this");
  add("times", text("FILE|DIRECTORY"),
      "split by the times of this file, or of this directory of results (default: those in the "
      "directory of --results, if it has any)");
  add("results", text("DIRECTORY"),
      "keep the record of each job here (default: FILE.results); one batch at a time uses it");
  add("jobs,j", text("N"), "jobs side by side (default: 1)");
  add("force", "run what did not change since its record, too");
  add("fail-on", text("loose,stale"), "end with status 1 for these as well");
  add("deadline", text("TIME"), "end the whole batch after this time; the next start goes on");
  add("grace", text("TIME"),
      "what running jobs get to end after Ctrl-C or SIGTERM, before they are interrupted "
      "(default: 5s)");
  add("rules", text("FILE"), "ask the rules of this file first, see capmin help rules");
  add("format", text("text|json|markdown|junit|sarif|github"),
      "of the answer (default: text); github is the summary of a job of GitHub's workflows, to be "
      "appended to $GITHUB_STEP_SUMMARY");
  add("quiet,q", "print the answer only");
  add("verbose,v", "print every call of the engine");
  add("color", text("auto|always|never"), "colour the output");
  add("no-color", "the same as --color never, or NO_COLOR in the environment");
  add("help,h", "print this");
  return options;
}

void read(const GivenOption& option, BatchOptions& options) {
  const auto& [name, value] = option;
  if (name == "file") {
    if (!options.file.empty()) usage_error("capmin batch takes one file", kHint);
    options.file = value;
  } else if (name == "only") {
    options.only.push_back(value);
  } else if (name == "shard") {
    options.shard = parse_shard(value);
  } else if (name == "times") {
    options.times = value;
  } else if (name == "results") {
    options.results = value;
  } else if (name == "force") {
    options.force = true;
  } else if (name == "fail-on") {
    options.fail_on = fail_on_of(value);
  } else if (name == "deadline") {
    options.deadline = parse_duration(value);
  } else if (name == "jobs") {
    options.jobs = parse_number(name, value, 1, 64);
  } else if (name == "grace") {
    options.grace = parse_duration(value);
  } else if (name == "rules") {
    options.rules = value;
  } else if (name == "format") {
    options.format = batch_format(value);
  } else if (name == "quiet") {
    options.verbosity = Verbosity::kQuiet;
  } else if (name == "verbose") {
    options.verbosity = Verbosity::kVerbose;
  } else if (name == "color") {
    options.color = chosen<Color>(
        name, value,
        {{"auto", Color::kAuto}, {"always", Color::kAlways}, {"never", Color::kNever}});
  } else if (name == "no-color") {
    options.color = Color::kNever;
  } else {
    usage_error("the option --" + name + " is not known", kHint);
  }
}

}  // namespace

FailOn fail_on_of(const string& list) {
  FailOn fail_on;
  std::istringstream words(list);
  for (string word; std::getline(words, word, ',');) {
    if (word == "loose") {
      fail_on.loose = true;
    } else if (word == "stale") {
      fail_on.stale = true;
    } else {
      not_taken("fail-on", word, "loose, stale");
    }
  }
  return fail_on;
}

Format batch_format(const string& word) {
  return chosen<Format>("format", word,
                        {{"text", Format::kText},
                         {"json", Format::kJson},
                         {"markdown", Format::kMarkdown},
                         {"junit", Format::kJunit},
                         {"sarif", Format::kSarif},
                         {"github", Format::kGithub}});
}

BatchOptions parse_batch_options(const std::vector<string>& arguments) {
  BatchOptions options;
  for (const GivenOption& option : given_options(arguments, table(), "file", kHint)) {
    read(option, options);
  }
  if (options.file.empty()) usage_error("capmin batch needs a file", "capmin batch FILE");
  if (options.results.empty()) options.results = options.file + ".results";
  return options;
}

std::vector<ListedOption> batch_option_list() {
  return listed(table());
}

string batch_help() {
  std::ostringstream options;
  options << table();
  return help_text("batch", options.str());
}

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
