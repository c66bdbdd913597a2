#include "batch/batch_format.h"

#include "core/error.h"
#include "report/junit_document.h"
#include "report/sarif_document.h"
#include "text/markup.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace capmin {
namespace {

/// As wide as the longest status.
constexpr std::size_t kStatusWidth = std::string_view("ok-new-image").size() + 2;

std::string when_skipped(const JobRun& run) {
  return "skipped: unchanged since " + shown(run.record.at);
}

JunitCase case_of(const JobRun& run, const FailOn& fail_on) {
  using Result = JunitCase::Result;
  const JobRecord& record = run.record;
  const int exit = exit_of(record, fail_on);
  JunitCase result{.name = record.name};
  if (exit != 0) {
    result.result = exit == 1 ? Result::kFailure : Result::kError;
    result.message = record.text;
    result.type = name_of(record.status);
  }
  result.output = split(to_text(run), '\n');
  result.output.pop_back();  // behind the last line break
  return result;
}

}  // namespace

int exit_of(const BatchResult& result, const FailOn& fail_on) {
  int worst = static_cast<int>(result.left.empty() ? ExitCode::kDone : ExitCode::kBudget);
  for (const JobRun& run : result.jobs) {
    worst = std::max(worst, exit_of(run.record, fail_on));
  }
  return worst;
}

std::string to_text(const JobRun& run) {
  const JobRecord& record = run.record;
  std::string status(name_of(record.status));
  status.resize(kStatusWidth, ' ');
  std::string text = status + shown(record.name) + ": " + shown(record.text) + '\n';
  if (run.is_skipped) return text + "  " + when_skipped(run) + '\n';
  for (const std::string& line : record.details) {
    text += "  " + shown(line) + '\n';
  }
  if (!record.hint.empty()) text += "  hint: " + shown(record.hint) + '\n';
  if (!record.written.empty()) text += "  wrote " + shown(record.written) + '\n';
  return text;
}

std::string totals(const BatchResult& result) {
  std::array<std::size_t, kProfileStatuses.size()> counts{};
  std::size_t skipped = 0;
  std::size_t trials = 0;
  for (const JobRun& run : result.jobs) {
    const auto* const status =
        std::ranges::find(kProfileStatuses, run.record.status, &EnumWord<ProfileStatus>::value);
    ++counts.at(static_cast<std::size_t>(status - kProfileStatuses.begin()));
    if (run.is_skipped) {
      ++skipped;
    } else {
      trials += static_cast<std::size_t>(run.record.trials);
    }
  }
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) == 0) continue;
    text += (text.empty() ? ": " : ", ") + std::to_string(counts.at(i)) + ' ' +
            std::string(kProfileStatuses.at(i).word);
  }
  text = counted(result.jobs.size() + result.left.size(), "job") + text;
  if (!result.left.empty()) text += "; " + std::to_string(result.left.size()) + " not run";
  if (skipped != 0) text += "; " + std::to_string(skipped) + " skipped, unchanged";
  return text + "; " + counted(trials, "container run");
}

std::string to_json(const BatchResult& result, const FailOn& fail_on) {
  DocumentList jobs;
  for (const JobRun& run : result.jobs) {
    DocumentMap map = document_of(run.record);
    std::erase_if(map.fields, [](const DocumentField& field) {
      return field.key == "key" || field.key == "profile_sha256";
    });
    map.set("skipped", {run.is_skipped});
    map.set("fails", {exit_of(run.record, fail_on) != 0});
    jobs.items.push_back({std::move(map)});
  }
  DocumentList left;
  for (const std::string& name : result.left) {
    left.items.push_back({name});
  }
  DocumentMap map;
  map.set("summary", {totals(result)});
  map.set("jobs", {std::move(jobs)});
  map.set("not_run", {std::move(left)});
  return emit_json(map);
}

namespace {

using Format = BatchOptions::Format;
using Path = std::filesystem::path;

/// A text with all jobs, as a person reads it.
std::string to_text(const BatchResult& result, const FailOn& /*fail_on*/, const Path& /*file*/) {
  std::string text;
  for (const JobRun& run : result.jobs) {
    text += to_text(run);
  }
  return text + totals(result) + '\n';
}

std::string to_json(const BatchResult& result, const FailOn& fail_on, const Path& /*file*/) {
  return to_json(result, fail_on);
}

/// A Markdown table.
std::string to_markdown(const BatchResult& result, const FailOn& /*fail_on*/,
                        const Path& /*file*/) {
  std::string text = "# capmin batch\n\n" + totals(result) + "\n\n";
  text += "| job | status | image | |\n|---|---|---|---|\n";
  for (const JobRun& run : result.jobs) {
    const JobRecord& record = run.record;
    text += "| " + code_span(record.name) + " | " + std::string(name_of(record.status)) + " | " +
            (record.image.empty() ? "" : code_span(record.image)) + " | " + code_span(record.text);
    if (run.is_skipped) {
      text += " (" + when_skipped(run) + ")";
    } else if (!record.written.empty()) {
      text += " wrote " + code_span(record.written);
    }
    text += " |\n";
  }
  for (const std::string& name : result.left) {
    text += "| " + code_span(name) + " | not run | | |\n";
  }
  return text;
}

/// JUnit XML: a case for each job, which fails for what exit_of() calls a difference and is an
/// error for what kept it from its end; jobs that were not run are skipped.
std::string to_junit(const BatchResult& result, const FailOn& fail_on, const Path& /*file*/) {
  JunitSuite suite{.name = "capmin batch", .class_name = "capmin batch"};
  for (const JobRun& run : result.jobs) {
    suite.cases.push_back(case_of(run, fail_on));
  }
  for (const std::string& name : result.left) {
    suite.cases.push_back(
        {.name = name, .result = JunitCase::Result::kSkipped, .message = "not run"});
  }
  return junit_document({suite});
}

/// https://docs.github.com/actions, "Step isolation and limits": 1 MiB for each step.
constexpr std::size_t kRoom = 1'000'000;

std::string item_of(const JobRun& run) {
  const JobRecord& record = run.record;
  std::string text = "- **" + std::string(name_of(record.status)) + "** " + code_span(record.name) +
                     (record.riskier ? " (riskier)" : "") + ": " + code_span(record.text) + '\n';
  for (const std::string& line : record.details) {
    text += "  - " + code_span(line) + '\n';
  }
  if (!record.hint.empty()) text += "  - hint: " + code_span(record.hint) + '\n';
  if (!record.written.empty()) text += "  - wrote " + code_span(record.written) + '\n';
  return text;
}

std::string row_of(const JobRun& run) {
  const JobRecord& record = run.record;
  return "| " + code_span(record.name) + " | " + std::string(name_of(record.status)) +
         (run.is_skipped ? ", skipped" : "") + " | " +
         (record.image.empty() ? "" : code_span(record.image)) + " | " + code_span(record.text) +
         " |\n";
}

/// A summary that takes no more than there is room for.
class Summary {
 public:
  void add(const std::string& part) { text_ += part; }
  /// The same for one of many, which is counted where there is no room.
  void add_one(const std::string& part) {
    if (text_.size() + part.size() > kRoom) {
      ++left_out_;
    } else {
      text_ += part;
    }
  }
  std::string text() const {
    if (left_out_ == 0) return text_;
    return text_ + "\nNot shown, for lack of room: " + std::to_string(left_out_) + " jobs.\n";
  }

 private:
  std::string text_;
  std::size_t left_out_ = 0;
};

/// The summary of a job of GitHub's workflows: Markdown to be appended to the file that
/// GITHUB_STEP_SUMMARY names. What fails comes first, with its details; the rest is folded. Stays
/// below the mebibyte that a step's summary may have; what does not fit is counted.
std::string to_github(const BatchResult& result, const FailOn& fail_on, const Path& /*file*/) {
  Summary summary;
  summary.add("## capmin batch\n\n" + totals(result) + "\n\n");
  std::size_t holding = 0;
  for (const JobRun& run : result.jobs) {
    if (exit_of(run.record, fail_on) == 0) {
      ++holding;
    } else {
      summary.add_one(item_of(run));
    }
  }
  for (const std::string& name : result.left) {
    summary.add_one("- **not run** " + code_span(name) + '\n');
  }
  if (holding == 0) return summary.text();
  summary.add("\n<details><summary>" + std::to_string(holding) +
              (holding == 1 ? " job is" : " jobs are") +
              " fine</summary>\n\n| job | status | image | |\n|---|---|---|---|\n");
  for (const JobRun& run : result.jobs) {
    if (exit_of(run.record, fail_on) == 0) summary.add_one(row_of(run));
  }
  summary.add("\n</details>\n");
  return summary.text();
}

SarifRule rule_of(const JobRecord& record) {
  if (record.riskier) {
    return {"The set has become riskier",
            "The set that was found anew reaches more than that of the profile."};
  }
  switch (record.status) {
    case ProfileStatus::kBroken:
      return {"The set fails", "The probe fails with the set of the profile."};
    case ProfileStatus::kLoose:
      return {"A smaller set works", "A member of the set is not needed, or not everywhere."};
    case ProfileStatus::kStale:
      return {"The proof is of something else",
              "Probe, user, platform, options or the class of the engine changed."};
    case ProfileStatus::kUnstable:
      return {"The probe contradicts itself", "The same set passed and failed."};
    case ProfileStatus::kError:
      return {"The job could not be done", "Nothing is known of the profile."};
    case ProfileStatus::kNew:
      return {"A profile is new", "A profile was found where there was none."};
    case ProfileStatus::kOk:
    case ProfileStatus::kOkNewImage:
      break;
  }
  return {"The set works", "The set of the profile passes its probe."};
}

bool is_told(const JobRecord& record, const FailOn& fail_on) {
  switch (record.status) {
    case ProfileStatus::kOk:
    case ProfileStatus::kOkNewImage:
      return exit_of(record, fail_on) != 0;
    case ProfileStatus::kBroken:
    case ProfileStatus::kLoose:
    case ProfileStatus::kUnstable:
    case ProfileStatus::kStale:
    case ProfileStatus::kError:
    case ProfileStatus::kNew:
      break;
  }
  return true;
}

std::string_view level_of(const JobRecord& record, const FailOn& fail_on) {
  if (exit_of(record, fail_on) != 0) return "error";
  return record.status == ProfileStatus::kNew ? "note" : "warning";
}

/// What a reviewer should know of the batch, as SARIF 2.1.0: a result for each job that fails or
/// whose profile differs from what was seen, at its profile, which is taken from the directory of
/// `batch_file`, or at the batch file where the job had no profile when it ended. Jobs that were
/// not run are no results.
std::string to_sarif(const BatchResult& result, const FailOn& fail_on, const Path& batch_file) {
  SarifDocument document;
  for (const JobRun& run : result.jobs) {
    const JobRecord& record = run.record;
    if (!is_told(record, fail_on)) continue;
    std::string text = record.name + ": " + record.text;
    if (!record.hint.empty()) text += " (" + record.hint + ')';
    const std::string status(name_of(record.status));
    const Path path =
        record.profile_sha256.empty() ? batch_file : batch_file.parent_path() / record.profile;
    document.add({.rule = record.riskier ? "riskier" : status,
                  .level = level_of(record, fail_on),
                  .text = text,
                  .path = path.lexically_normal().string(),
                  .line = 1,
                  .fingerprint = record.name + '#' + status},
                 rule_of(record));
  }
  return document.json();
}

struct FormatWriter {
  Format format;
  std::string (*write)(const BatchResult& result, const FailOn& fail_on, const Path& batch_file);
};

constexpr auto kWriters = std::to_array<FormatWriter>({
    {Format::kText, to_text},
    {Format::kJson, to_json},
    {Format::kMarkdown, to_markdown},
    {Format::kJunit, to_junit},
    {Format::kSarif, to_sarif},
    {Format::kGithub, to_github},
});
static_assert(kWriters.size() == kBatchFormats.size());

}  // namespace

std::string in_format(const BatchResult& result, BatchOptions::Format format, const FailOn& fail_on,
                      const std::filesystem::path& batch_file) {
  return std::ranges::find(kWriters, format, &FormatWriter::format)
      ->write(result, fail_on, batch_file);
}

}  // namespace capmin
