#include "report/junit_document.h"

#include "text/markup.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace capmin {
namespace {

using Result = JunitCase::Result;

Markup line_break() {
  return Markup::own("\n");
}

std::string decimal(double seconds) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), seconds,
                                          std::chars_format::fixed, 1);
  return {buffer.data(), end};
}

Markup output_of(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  Markup text;
  for (const std::string& line : lines) {
    text += (text.empty() ? Markup() : line_break()) + Markup::text(line);
  }
  return Markup::element("system-out", text);
}

Markup result_of(const JunitCase& each) {
  if (each.result == Result::kPassed) return {};
  const char* const name = each.result == Result::kFailure ? "failure"
                           : each.result == Result::kError ? "error"
                                                           : "skipped";
  Markup::Attributes attributes{{"message", each.message}};
  if (!each.type.empty()) attributes.emplace_back("type", each.type);
  return Markup::element(name, attributes, {});
}

Markup properties_of(const JunitSuite& suite) {
  if (suite.properties.empty()) return {};
  Markup content = line_break();
  for (const auto& [name, value] : suite.properties) {
    content += Markup::element("property", {{"name", name}, {"value", value}}, {}) + line_break();
  }
  return Markup::element("properties", content) + line_break();
}

Markup suite_of(const JunitSuite& suite) {
  const auto count = [&suite](Result result) {
    return std::to_string(std::ranges::count(suite.cases, result, &JunitCase::result));
  };
  Markup content = line_break() + properties_of(suite);
  for (const JunitCase& each : suite.cases) {
    content +=
        Markup::element("testcase",
                        {{"classname", suite.class_name}, {"name", each.name}, {"time", "0"}},
                        result_of(each) + output_of(each.output)) +
        line_break();
  }
  if (!suite.output.empty()) content += output_of(suite.output) + line_break();
  Markup::Attributes attributes{{"name", suite.name},
                                {"tests", std::to_string(suite.cases.size())},
                                {"failures", count(Result::kFailure)},
                                {"errors", count(Result::kError)},
                                {"skipped", count(Result::kSkipped)}};
  if (suite.seconds) attributes.emplace_back("time", decimal(*suite.seconds));
  if (!suite.at.empty()) attributes.emplace_back("timestamp", suite.at);
  return Markup::element("testsuite", attributes, content) + line_break();
}

}  // namespace

std::string junit_document(const std::vector<JunitSuite>& suites) {
  Markup content = line_break();
  for (const JunitSuite& suite : suites) {
    content += suite_of(suite);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         Markup::element("testsuites", {{"name", "capmin"}}, content).string() + '\n';
}

}  // namespace capmin
