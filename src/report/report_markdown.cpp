#include "profile/profile_diff.h"
#include "profile/sentences.h"
#include "report/formats.h"
#include "report/report.h"
#include "text/markup.h"
#include "text/words.h"

namespace capmin {
namespace {

/// Untrusted text. An empty code span is no code span; and some programs look for comments and
/// instructions of HTML before they look for code spans, and across lines.
std::string code(std::string_view untrusted) {
  if (untrusted.find_first_not_of(' ') == std::string_view::npos) return "(empty)";
  std::string text;
  char previous = 0;
  for (const char letter : untrusted) {
    if (previous == '<' && letter == '!') {
      text += "\\u0021";
    } else if (previous == '<' && letter == '?') {
      text += "\\u003F";
    } else {
      text += letter;
    }
    previous = letter;
  }
  return code_span(text);
}

std::string names(CapabilitySet set) {
  return set.empty() ? "none" : '`' + to_string(set) + '`';
}

/// Texts of capmin's own may quote what is not.
std::string sentence(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (std::string_view("\\`*_{}[]<>#|~&@").find(letter) != std::string_view::npos) result += '\\';
    result += letter;
  }
  return result;
}

std::string row(std::string_view name, const std::string& value) {
  return "| " + std::string(name) + " | " + value + " |\n";
}

/// A table of facts: its head is empty, because the names stand at the left.
std::string facts(const std::string& rows) {
  return "|  |  |\n|---|---|\n" + rows;
}

std::string heading(const std::string& text, int level) {
  return '\n' + std::string(static_cast<std::size_t>(level), '#') + ' ' + text + "\n\n";
}

std::string failure_text(const Profile::Attempt& failed) {
  std::string text = "trial " + std::to_string(failed.trial) + " failed";
  if (!failed.ending.empty()) {
    text += ": " + code(failed.ending);
  } else if (failed.exit) {
    text += ": exit status " + std::to_string(*failed.exit);
  }
  if (failed.times > 1) text += ", " + std::to_string(failed.times) + " times";
  return text;
}

std::string member(const ReportMember& member, int level) {
  const CapabilityInfo& known = info(member.name);
  std::string rows = row("with it", "an attacker inside may " + std::string(known.permits));
  rows += row("risk", risk_text(known.risk));
  if (!member.condition.empty()) rows += row("needed", code(member.condition));
  if (member.line.empty() && member.rule.empty()) {
    rows += row("needed because", "the log says nothing about it");
  }
  if (!member.line.empty()) rows += row("needed because", code(member.line));
  if (!member.rule.empty()) {
    rows +=
        row("rule", code(member.rule) +
                        (member.rule_reason.empty() ? "" : ": " + sentence(member.rule_reason)));
  }
  for (const std::string& check : member.checks) {
    rows += row("the kernel saw", code(check));
  }
  rows += row("without it", member.without_it ? failure_text(*member.without_it)
                                              : "no trial left it out: it may be superfluous");
  if (!member.advice.empty()) rows += row("to avoid it", code(member.advice));
  for (const std::string& way : member.ways) {
    rows += row("in general", sentence(way));
  }
  return heading('`' + std::string(known.name) + "`, " + std::string(name_of(known.risk)) + " risk",
                 level) +
         facts(rows);
}

std::string list(const std::vector<std::string>& texts, std::string (*shown)(std::string_view)) {
  std::string result;
  for (const std::string& text : texts) {
    result += "- " + shown(text) + '\n';
  }
  return result;
}

/// The rows of a table of one column: code spans are meant for tables.
std::string table_of(const std::string& name, const std::vector<std::string>& texts) {
  std::string result = "| " + name + " |\n|---|\n";
  for (const std::string& text : texts) {
    result += "| " + code(text) + " |\n";
  }
  return result;
}

std::string trials(const TrialTable& table) {
  std::string result = sentence(table.caption) + '\n';
  for (const TrialTable::Group& group : table.groups) {
    result += "\n| trial | " + group.title + " | granted | verdict |\n|---|---|---|---|\n";
    for (const TrialTable::Row& each : group.rows) {
      const char* const mark = each.verdict == Verdict::kPassed   ? "\xe2\x9c\x94 "
                               : each.verdict == Verdict::kFailed ? "\xe2\x9c\x98 "
                                                                  : "\xe2\x80\x93 ";
      result += "| " + std::to_string(each.trial) + " | " + each.purpose + " | `" +
                grant_text(each.grant, table.widest) + '`' +
                (each.without ? ", without `" + std::string(name_of(*each.without)) + '`' : "") +
                " | " + mark + std::string(name_of(each.verdict)) +
                (each.times > 1 ? ", " + std::to_string(each.times) + " times" : "") + " |\n";
    }
  }
  return result;
}

std::string others(const Profile& profile) {
  std::string result;
  for (const Profile::Attempt& attempt : profile.alternatives) {
    result += "- " + names(attempt.grant) + ": another minimal set; it passed in trial " +
              std::to_string(attempt.trial) + '\n';
  }
  if (profile.other_pass) {
    result += "- " + names(profile.other_pass->grant) + ": passed in trial " +
              std::to_string(profile.other_pass->trial) +
              "; another minimal set lies inside it, and `--all-minimal` finds it\n";
  }
  return result;
}

std::string unneeded(const Profile& profile) {
  std::string result = "| capability | used for | without it |\n|---|---|---|\n";
  for (const Profile::Unneeded& each : profile.run.unneeded) {
    result += "| `" + std::string(name_of(each.name)) + "` | " + code(use_text(each)) + " | " +
              std::string(result_text(each)) + " |\n";
  }
  return result;
}

std::string platforms(const Report& report) {
  std::string result =
      "Kubernetes: " + sentence(report.pod_security) + ". Drop ALL: " + default_set_text() + ".\n";
  if (report.platforms.empty()) return result;
  result += "\n| platform | grants unasked | may be added | refuses |\n|---|---|---|---|\n";
  for (const ReportPlatform& platform : report.platforms) {
    result += "| " + platform.name + " | " + names(platform.granted) + " | " +
              names(platform.addable) + " | " + names(platform.refused) + " |\n";
  }
  return result;
}

std::string environment(const Report& report) {
  std::string rows;
  for (const EnvironmentFact& fact : environment_facts(report)) {
    rows += row(fact.name, code(fact.value));
  }
  return facts(rows);
}

std::string promise(const Report& report) {
  // What the guarantee takes for granted is a text of the profile's.
  const std::string& assumption = report.profile.assumption;
  const std::size_t quoted =
      assumption.empty() ? std::string::npos : report.guarantee.rfind(assumption);
  if (quoted == std::string::npos) return sentence(report.guarantee);
  return sentence(report.guarantee.substr(0, quoted)) + code(assumption) + '.';
}

std::string body(const Report& report, int level) {
  const Profile& profile = report.profile;
  std::string text = heading("Capabilities of " + code(profile.image.reference), level).substr(1);
  text += "**It " + report.verdict + ".**\n\n" + promise(report) + "\n\n";
  text += facts(
      row("keep", names(profile.add)) + row("under conditions", names(conditional_set(profile))) +
      row("drop", names(report.dropped)) +
      row("highest risk", report.members.empty() ? "none" : std::string(name_of(report.risk))) +
      row("proof", guarantee_word(profile)) +
      row("cost",
          counted(profile.run.trials, "container") + ", " + seconds_text(profile.run.seconds)));
  if (report.change) {
    text += heading("Change since the previous profile", level + 1) +
            facts(row("previous", code(report.change->path))) + '\n' +
            to_markdown(report.change->diff);
  }
  if (!report.members.empty()) {
    // Each capability's heading brings its own empty line.
    text +=
        '\n' + std::string(static_cast<std::size_t>(level) + 1, '#') + " Capabilities, and why\n";
  }
  for (const ReportMember& each : report.members) {
    text += member(each, level + 2);
  }
  if (!report.trials.groups.empty()) {
    text += heading("The search", level + 1) + trials(report.trials);
  }
  const std::string works_too = others(profile);
  if (!works_too.empty()) text += heading("What works too", level + 1) + works_too;
  if (!profile.run.unneeded.empty()) {
    text += heading("Used, but not needed", level + 1) + unneeded(profile);
  }
  text += heading("Not exercised", level + 1) + list(report.gaps, sentence);
  if (!profile.warnings.empty()) {
    text += heading("Warnings", level + 1) + table_of("warning", profile.warnings);
  }
  text += heading("Where it may run", level + 1) + platforms(report);
  text += heading("Where the proof holds", level + 1) + environment(report);
  text += heading("Reproduce it", level + 1);
  const Reproduction& reproduction = report.reproduction;
  if (!reproduction.command.empty()) text += facts(row("command", code(reproduction.command)));
  if (!reproduction.notes.empty()) text += '\n' + list(reproduction.notes, sentence);
  return text;
}

std::string index_of(const std::vector<Report>& reports) {
  std::string text = "# " + std::to_string(reports.size()) + " capability profiles\n\n" +
                     "| image | keeps | highest risk | proof |  |\n|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const Report& report = reports[i];
    text += "| " + code(report.profile.image.reference) + " | " + names(report.profile.add) +
            " | " + (report.members.empty() ? "none" : std::string(name_of(report.risk))) + " | " +
            guarantee_word(report.profile) + " | [report](#profile-" + std::to_string(i + 1) +
            ") |\n";
  }
  return text;
}

}  // namespace

std::string to_markdown(const std::vector<Report>& reports) {
  if (reports.size() == 1) return body(reports.front(), 1);
  std::string text = index_of(reports);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    text += "\n<a id=\"profile-" + std::to_string(i + 1) + "\"></a>\n\n" + body(reports[i], 2);
  }
  return text;
}

}  // namespace capmin
