#include "profile/sentences.h"
#include "report/formats.h"
#include "report/junit_document.h"

namespace capmin {
namespace {

using Result = JunitCase::Result;

std::vector<JunitCase> cases_of(const Report& report) {
  std::vector<JunitCase> cases{{"the probe passes with " + to_string(report.profile.add)}};
  for (const ReportMember& member : report.members) {
    const std::string name(name_of(member.name));
    JunitCase& without = cases.emplace_back(JunitCase{"the probe fails without " + name});
    if (member.without_it) continue;
    without.result = Result::kSkipped;
    without.message = "no trial left " + name + " out";
  }
  if (!report.change) return cases;
  JunitCase& change = cases.emplace_back(JunitCase{"the set is not riskier than before"});
  const ProfileDiff& difference = report.change->diff;
  if (!difference.riskier) return cases;
  change.result = Result::kFailure;
  change.message = "riskier than " + report.change->path + ": added " +
                   to_string(difference.added) + ", removed " + to_string(difference.removed);
  return cases;
}

std::vector<std::string> lines_of(const Report& report) {
  std::vector<std::string> lines{"It " + report.verdict + ". " + report.guarantee};
  for (const std::string& warning : report.profile.warnings) {
    lines.push_back("warning: " + warning);
  }
  for (const std::string& gap : report.gaps) {
    lines.push_back("not exercised: " + gap);
  }
  if (!report.reproduction.command.empty()) {
    lines.push_back("reproduce: " + report.reproduction.command);
  }
  return lines;
}

}  // namespace

std::string to_junit(const std::vector<Report>& reports) {
  std::vector<JunitSuite> suites;
  for (const Report& report : reports) {
    const Profile& profile = report.profile;
    const std::string engine(name_of(profile.environment.engine));
    suites.push_back({.name = profile.image.reference,
                      .class_name = "capmin." + profile.image.reference,
                      .properties = {{"profile", report.path},
                                     {"image", profile.image.reference},
                                     {"image.id", profile.image.id},
                                     {"add", to_string(profile.add)},
                                     {"conditional", to_string(conditional_set(profile))},
                                     {"guarantee", guarantee_word(profile)},
                                     {"engine", engine + ' ' + profile.environment.version}},
                      .cases = cases_of(report),
                      .output = lines_of(report),
                      .seconds = profile.run.seconds,
                      .at = profile.run.at});
  }
  return junit_document(suites);
}

}  // namespace capmin
