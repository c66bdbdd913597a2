#include "profile/sentences.h"
#include "report/formats.h"
#include "text/markup.h"

#include <array>
#include <charconv>

namespace capmin {
namespace {

std::string decimal(double seconds) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), seconds,
                                          std::chars_format::fixed, 1);
  return {buffer.data(), end};
}

struct Case {
  std::string name;
  Markup outcome;  ///< nothing where it passed
};

Markup message(const char* name, const std::string& text) {
  return Markup::element(name, {{"message", text}}, {});
}

std::vector<Case> cases_of(const Report& report) {
  std::vector<Case> cases{{"the probe passes with " + to_string(report.profile.add), {}}};
  for (const ReportMember& member : report.members) {
    const std::string name(name_of(member.name));
    cases.push_back({"the probe fails without " + name, {}});
    if (!member.without_it) {
      cases.back().outcome = message("skipped", "no trial left " + name + " out");
    }
  }
  if (report.change) {
    cases.push_back({"the set is not riskier than before", {}});
    if (report.change->diff.riskier) {
      cases.back().outcome =
          message("failure", "riskier than " + report.change->path + ": added " +
                                 to_string(report.change->diff.added) + ", removed " +
                                 to_string(report.change->diff.removed));
    }
  }
  return cases;
}

int count(const std::vector<Case>& cases, std::string_view start) {
  int number = 0;
  for (const Case& each : cases) {
    if (each.outcome.string().starts_with(start)) ++number;
  }
  return number;
}

Markup lines_of(const Report& report) {
  Markup lines = Markup::text("It " + report.verdict + ". " + report.guarantee);
  for (const std::string& warning : report.profile.warnings) {
    lines += Markup::own("\n") + Markup::text("warning: " + warning);
  }
  for (const std::string& gap : report.gaps) {
    lines += Markup::own("\n") + Markup::text("not exercised: " + gap);
  }
  if (!report.reproduction.command.empty()) {
    lines += Markup::own("\n") + Markup::text("reproduce: " + report.reproduction.command);
  }
  return Markup::element("system-out", lines);
}

Markup property(const char* name, const std::string& value) {
  return Markup::element("property", {{"name", name}, {"value", value}}, {}) + Markup::own("\n");
}

Markup suite_of(const Report& report) {
  const Profile& profile = report.profile;
  const std::vector<Case> cases = cases_of(report);
  Markup content = Markup::own("\n");
  content +=
      Markup::element(
          "properties",
          Markup::own("\n") + property("profile", report.path) +
              property("image", profile.image.reference) + property("image.id", profile.image.id) +
              property("add", to_string(profile.add)) +
              property("conditional", to_string(conditional_set(profile))) +
              property("guarantee", profile.guarantee) +
              property("engine", profile.environment.engine + ' ' + profile.environment.version)) +
      Markup::own("\n");
  for (const Case& each : cases) {
    content += Markup::element("testcase",
                               {{"classname", "capmin." + profile.image.reference},
                                {"name", each.name},
                                {"time", "0"}},
                               each.outcome) +
               Markup::own("\n");
  }
  content += lines_of(report) + Markup::own("\n");
  return Markup::element("testsuite",
                         {{"name", profile.image.reference},
                          {"tests", std::to_string(cases.size())},
                          {"failures", std::to_string(count(cases, "<failure"))},
                          {"errors", "0"},
                          {"skipped", std::to_string(count(cases, "<skipped"))},
                          {"time", decimal(profile.run.seconds)},
                          {"timestamp", profile.run.at}},
                         content) +
         Markup::own("\n");
}

}  // namespace

std::string to_junit(const std::vector<Report>& reports) {
  Markup suites = Markup::own("\n");
  for (const Report& report : reports) {
    suites += suite_of(report);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
         Markup::element("testsuites", {{"name", "capmin"}}, suites).string() + '\n';
}

}  // namespace capmin
