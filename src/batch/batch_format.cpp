#include "batch/batch_format.h"

#include "batch/batch_github.h"
#include "batch/batch_sarif.h"

namespace capmin {

std::string in_format(const BatchResult& result, BatchOptions::Format format, const FailOn& fail_on,
                      const std::filesystem::path& batch_file) {
  using Format = BatchOptions::Format;
  switch (format) {
    case Format::kText: {
      std::string text;
      for (const JobRun& run : result.jobs) {
        text += to_text(run);
      }
      return text + totals(result) + '\n';
    }
    case Format::kJson:
      return to_json(result, fail_on);
    case Format::kMarkdown:
      return to_markdown(result);
    case Format::kJunit:
      return to_junit(result, fail_on);
    case Format::kSarif:
      return to_sarif(result, fail_on, batch_file);
    case Format::kGithub:
      return to_github(result, fail_on);
  }
  return {};
}

}  // namespace capmin
