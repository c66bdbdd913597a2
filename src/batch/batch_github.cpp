#include "batch/batch_github.h"

#include "text/markdown.h"

namespace capmin {
namespace {

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

}  // namespace

std::string to_github(const BatchResult& result, const FailOn& fail_on) {
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

}  // namespace capmin
