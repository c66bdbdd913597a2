#include "options/batch_options.h"

#include "text/quote.h"

#include <sstream>

namespace capmin {
namespace {

using std::string;
using Format = BatchOptions::Format;

OptionValue takes_fail_on(FailOn& fail_on) {
  return {"loose,stale", [&fail_on](const GivenOption& given) {
            fail_on = {};
            std::istringstream words(given.value);
            for (string word; std::getline(words, word, ',');) {
              if (word == "loose") {
                fail_on.loose = true;
              } else if (word == "stale") {
                fail_on.stale = true;
              } else {
                not_taken(given.name, word, "loose, stale");
              }
            }
          }};
}

OptionRows fail_on_options(FailOn& fail_on) {
  return {{"fail-on", takes_fail_on(fail_on), "end with status 1 for these as well"}};
}

OptionRows format_options(Format& format, const char* says) {
  return {{"format", takes_word(format, option_words<Format>(kBatchFormats)), says}};
}

OptionValue takes_file(string& file) {
  return {"file", [&file](const GivenOption& given) {
            if (!file.empty()) given.refuse("capmin batch takes one file");
            file = given.value;
          }};
}

OptionValue takes_shard(std::optional<Shard>& shard) {
  return {"I/N", [&shard](const GivenOption& given) { shard = parse_shard(given.value); }};
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    usage_error("--shard does not take " + excerpt(text),
                "write I/N: --shard 2/8 is the second of 8");
  }
  Shard shard;
  shard.count = parse_number("shard", text.substr(slash + 1), 1, kMostShards);
  shard.index = parse_number("shard", text.substr(0, slash), 1, shard.count);
  return shard;
}

OptionTable table_of(BatchOptions& options) {
  return option_table(
      "batch", takes_file(options.file),
      rows_of({
          {{"only", takes_texts("NAME", options.only), "run this job alone; may be given again"},
           {"shard", takes_shard(options.shard),
            "run the I-th of N parts of the jobs, which keeps its results in a directory of its "
            "own; see below for what is taken without this"},
           {"times", takes_text("FILE|DIRECTORY", options.times),
            "split by the times of this file, or of this directory of results (default: those in "
            "the directory of --results, if it has any)"},
           {"results", takes_text("DIRECTORY", options.results),
            "keep the record of each job here (default: FILE.results); one batch at a time uses "
            "it"},
           {"jobs,j", takes_number(options.jobs, 1, 64), "jobs side by side (default: 1)"},
           {"force", sets(options.force), "run what did not change since its record, too"}},
          fail_on_options(options.fail_on),
          {{"deadline", takes_time(options.deadline),
            "end the whole batch after this time; the next start goes on"},
           {"grace", takes_time(options.grace),
            "what running jobs get to end after Ctrl-C or SIGTERM, before they are interrupted "
            "(default: 5s)"}},
          rules_options(options.rules),
          format_options(options.format,
                         "of the answer (default: text); github is the summary of a job of "
                         "GitHub's workflows, to be appended to $GITHUB_STEP_SUMMARY"),
          quiet_options(options.verbosity),
          verbose_options(options.verbosity),
          color_options(options.color),
      }));
}

OptionTable table_of(MergeOptions& options) {
  return option_table(
      "merge", takes_texts("result", options.directories),
      rows_of({
          {{"results,o", takes_text("DIRECTORY", options.results),
            "write the joined results here, as one batch on one machine would have left them"}},
          fail_on_options(options.fail_on),
          format_options(options.format, "of the answer (default: text)"),
          {{"directory", takes_text("DIRECTORY", options.directory),
            "where the batch file is, for the paths of profiles in sarif (default: here)"}},
      }));
}

BatchOptions parse_batch_options(const std::vector<string>& arguments) {
  BatchOptions options;
  read_options(table_of(options), arguments);
  if (options.file.empty()) usage_error("capmin batch needs a file", "capmin batch FILE");
  if (options.results.empty()) options.results = options.file + ".results";
  return options;
}

MergeOptions parse_merge_options(const std::vector<string>& arguments) {
  MergeOptions options;
  read_options(table_of(options), arguments);
  if (options.directories.empty()) {
    usage_error("capmin merge needs the directories of results", "capmin merge DIR...");
  }
  return options;
}

}  // namespace capmin
