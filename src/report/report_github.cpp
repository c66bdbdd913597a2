#include "report/findings.h"
#include "report/formats.h"
#include "text/sanitize.h"

namespace capmin {
namespace {

enum class Where { kProperty, kMessage };

std::string escaped(std::string_view untrusted, Where where) {
  std::string result;
  for (const char letter : visible(untrusted)) {
    // Line breaks are visible text by now.
    if (letter == '%') {
      result += "%25";
    } else if (letter == ':' && where == Where::kProperty) {
      result += "%3A";
    } else if (letter == ',' && where == Where::kProperty) {
      result += "%2C";
    } else {
      result += letter;
    }
  }
  return result;
}

const char* command_of(Finding::Level level) {
  switch (level) {
    case Finding::Level::kNote:
      return "::notice";
    case Finding::Level::kWarning:
      return "::warning";
    case Finding::Level::kError:
      return "::error";
  }
  return "::error";
}

}  // namespace

std::string to_github(const std::vector<Report>& reports) {
  std::string lines;
  for (const Report& report : reports) {
    for (const Finding& finding : findings_of(report)) {
      lines += std::string(command_of(finding.level)) +
               " file=" + escaped(report.path, Where::kProperty) +
               ",line=" + std::to_string(finding.line) +
               ",title=" + escaped(finding.title, Where::kProperty) +
               "::" + escaped(finding.text, Where::kMessage) + '\n';
    }
  }
  return lines;
}

}  // namespace capmin
