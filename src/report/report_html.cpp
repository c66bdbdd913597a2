#include "core/capability.h"
#include "profile/platform.h"
#include "profile/sentences.h"
#include "report/formats.h"
#include "report/report.h"
#include "report/trial_table.h"
#include "text/embedded.h"
#include "text/markup.h"
#include "text/words.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {
namespace {

/// What nobody vouches for, as text that is shown and never read as markup.
Markup text(std::string_view untrusted) {
  return Markup::text(untrusted);
}

/// The element `name`, of the class `kind` where one is given.
Markup el(std::string_view name, const Markup& content) {
  return Markup::element(name, content);
}

Markup el(std::string_view name, const std::string& kind, const Markup& content) {
  return Markup::element(name, {{"class", kind}}, content);
}

/// Text as a program has it.
Markup code(std::string_view untrusted) {
  return el("code", text(untrusted));
}

/// An end of a line in the document, which no reader sees.
Markup line_break() {
  return Markup::own("\n");
}

/// A fact of a report's head: its name, its value and what is said beside that.
Markup fact(const char* name, const std::string& value, const std::string& more) {
  return el("div", el("dt", text(name)) + el("dd", text(value) + el("span", text(more)))) +
         line_break();
}

/// A name and what is said of it, in a list of such.
Markup row(const char* name, const Markup& content) {
  return el("dt", text(name)) + el("dd", content) + line_break();
}

/// The texts as a list.
Markup list(const std::vector<std::string>& texts) {
  Markup items;
  for (const std::string& item : texts) {
    items += el("li", text(item)) + line_break();
  }
  return el("ul", "list", line_break() + items);
}

/// The head of a table with a column for each name.
Markup table_head(const std::vector<const char*>& names) {
  Markup cells;
  for (const char* const name : names) {
    cells += Markup::element("th", {{"scope", "col"}}, text(name));
  }
  return el("thead", el("tr", cells)) + line_break();
}

/// The cell that names a row of a table.
Markup row_head(const Markup& content) {
  return Markup::element("th", {{"scope", "row"}}, content);
}

/// The set in a cell of a table; a dash for none.
Markup names_or_dash(CapabilitySet set) {
  return set.empty() ? el("span", "quiet", text("\xe2\x80\x93"))
                     : el("span", "cap", text(to_string(set)));
}

/// The capabilities as a list of names; says "(none)" where there is none.
Markup capability_chips(CapabilitySet set) {
  if (set.empty()) return el("p", "quiet", text("(none)"));
  Markup items;
  for (const std::string_view name : set.names()) {
    items += el("li", "cap", text(name));
  }
  return el("ul", "chips", items);
}

/// A risk as a coloured word.
Markup risk_badge(Risk risk) {
  return el("span", "badge " + std::string(name_of(risk)),
            text(std::string(name_of(risk)) + " risk"));
}

/// One report's sections with headings of their levels.
class Sections {
 public:
  Sections(const Report& report, const std::string& id, int level)
      : report_(report), profile_(report.profile), id_(id), level_(level) {}

  Markup all() {
    head();
    change();
    capabilities();
    search();
    others();
    dropped();
    unneeded();
    gaps();
    warnings();
    platforms();
    environment();
    reproduce();
    return result_;
  }

 private:
  std::string heading(int below) const { return "h" + std::to_string(level_ + below); }

  void section(const std::string& title, const Markup& content) {
    result_ += el("section", line_break() + el(heading(1), "title", text(title)) + line_break() +
                                 content + line_break()) +
               line_break();
  }

  void head();
  Markup set() const;
  void change();
  void capabilities();
  Markup member(const ReportMember& member) const;
  void search();
  Markup trial_rows() const;
  void others();
  void dropped();
  void unneeded();
  void gaps();
  void warnings();
  void platforms();
  void environment();
  void reproduce();

  const Report& report_;
  const Profile& profile_;
  std::string id_;
  int level_;
  Markup result_;
};

/// The members at a glance, those under conditions last.
Markup Sections::set() const {
  Markup items;
  for (const ReportMember& each : report_.members) {
    const Markup name = el("span", "cap", text(name_of(each.name)));
    const bool is_kept = profile_.add.contains(each.name);
    items += is_kept ? el("li", name) : el("li", "under", name + el("span", text("on condition")));
  }
  return items.empty() ? Markup() : el("ul", "set", items) + line_break();
}

void Sections::head() {
  const CapabilitySet conditional = conditional_set(profile_);
  const CapabilitySet everywhere = profile_.add | conditional;
  Markup facts = line_break();
  facts +=
      fact("Keep", std::to_string(profile_.add.size()),
           conditional.empty() ? "" : std::to_string(conditional.size()) + " more on condition");
  facts += fact("Drop", std::to_string(report_.dropped.size()),
                "of Docker's " + std::to_string(docker_default_set().size()));
  facts += fact("Highest risk", everywhere.empty() ? "none" : std::string(name_of(report_.risk)),
                "of what is kept");
  facts += fact("Proof", guarantee_word(profile_),
                is_complete(profile_) ? "" : "the search was cut short");
  facts += fact("Pod Security", std::string(name_of(pod_security_of(profile_, everywhere).level)),
                "admits the container as it was proven");
  facts += fact("Cost", std::to_string(profile_.run.trials),
                "containers, " + seconds_text(profile_.run.seconds));
  result_ +=
      el("header", line_break() + el("p", "kicker", text("Capability profile")) + line_break() +
                       el(heading(0), "image", text(profile_.image.reference)) + line_break() +
                       el("p", "verdict", text("It " + report_.verdict + '.')) + line_break() +
                       set() + el("p", "guarantee", text(report_.guarantee)) + line_break() +
                       el("dl", "facts", facts) + line_break()) +
      line_break();
}

Markup changed(const char* how, CapabilitySet set) {
  return el("div", "change", el("span", text(how)) + capability_chips(set));
}

void Sections::change() {
  if (!report_.change) return;
  const ProfileDiff& diff = report_.change->diff;
  Markup content = el("p", text("Compared with ") + code(report_.change->path) + text(": ") +
                               el("strong", text(diff.empty()   ? "the profiles say the same."
                                                 : diff.riskier ? "the new set is riskier."
                                                                : "the new set is not riskier.")));
  if (!diff.added.empty()) content += changed("Added", diff.added);
  if (!diff.removed.empty()) content += changed("Removed", diff.removed);
  Markup rows;
  const auto add = [&rows](const std::vector<Change>& changes, const std::string& prefix) {
    const auto value = [](const std::string& words) {
      return words.empty() ? el("span", "quiet", text("nothing")) : code(words);
    };
    for (const Change& change : changes) {
      rows += el("tr", row_head(text(prefix + change.field)) + el("td", value(change.before)) +
                           el("td", value(change.after))) +
              line_break();
    }
  };
  add(diff.conditions, "condition of ");
  add(diff.facts, "");
  if (!rows.empty()) {
    content +=
        el("div", "scroll", el("table", table_head({"What", "Before", "Now"}) + el("tbody", rows)));
  }
  section("Change since the previous profile",
          el("div", diff.riskier ? "card riskier" : "card", content));
}

Markup Sections::member(const ReportMember& member) const {
  const CapabilityInfo& known = info(member.name);
  Markup head = el(heading(2), "title cap", text(known.name)) + risk_badge(known.risk);
  Markup rows =
      row("With it", text("An attacker inside may " + std::string(known.permits) + ". ") +
                         el("span", "quiet", text("Risk " + risk_text(known.risk) + '.')));
  Markup why;
  if (!member.line.empty()) why += el("code", "line", text(member.line));
  if (!member.rule.empty()) {
    why += text("Rule ") + code(member.rule);
    if (!member.rule_reason.empty()) why += text(": " + member.rule_reason);
  }
  if (why.empty()) why = text("The log says nothing about it.");
  rows += row("Needed because", why);
  if (!member.checks.empty()) rows += row("The kernel saw", list(member.checks));
  if (member.without_it) {
    const Profile::Attempt& failed = *member.without_it;
    std::string words = "Trial " + std::to_string(failed.trial) + " failed";
    if (!failed.ending.empty()) {
      words += ": " + failed.ending;
    } else if (failed.exit) {
      words += ": exit status " + std::to_string(*failed.exit);
    }
    if (failed.times > 1) words += ", " + std::to_string(failed.times) + " times";
    rows += row("Without it", text(words + '.'));
  } else {
    rows += row("Without it", text("No trial left it out: it may be superfluous."));
  }
  if (!member.advice.empty()) {
    rows += row("To avoid it", text(member.advice));
  } else if (!member.ways.empty()) {
    rows += row("To avoid it", text("Nothing for this line. In general:") + list(member.ways));
  }
  Markup condition;
  if (!member.condition.empty())
    condition = el("p", "condition", text("Needed " + member.condition + '.'));
  return el("div", "card",
            line_break() + el("header", head) + condition + line_break() +
                el("dl", "rows", line_break() + rows) + line_break()) +
         line_break();
}

void Sections::capabilities() {
  if (report_.members.empty()) {
    section("Capabilities", el("p", text("The probe passes without any capability.")));
    return;
  }
  Markup cards;
  for (const ReportMember& each : report_.members) {
    cards += member(each);
  }
  section("Capabilities, and why", cards);
}

Markup Sections::trial_rows() const {
  Markup tables;
  for (const TrialTable::Group& group : report_.trials.groups) {
    Markup rows = line_break();
    for (const TrialTable::Row& each : group.rows) {
      const std::string verdict = std::string(name_of(each.verdict)) +
                                  (each.times > 1 ? " \xc3\x97" + std::to_string(each.times) : "");
      Markup grant = text(grant_text(each.grant, report_.trials.widest));
      if (each.without) {
        grant += el("span", "quiet",
                    text(" \xe2\x80\x93 without " + std::string(name_of(*each.without))));
      }
      Markup ending = text(verdict);
      if (!each.ending.empty()) ending += el("span", "quiet", text(" \xe2\x80\x93 " + each.ending));
      rows += el("tr", row_head(text(std::to_string(each.trial))) + el("td", text(each.purpose)) +
                           el("td", grant) + el("td", ending)) +
              line_break();
    }
    tables += el("table", el("caption", text(group.title)) +
                              table_head({"Trial", "Purpose", "Granted", "Verdict"}) +
                              el("tbody", rows)) +
              line_break();
  }
  return tables;
}

void Sections::search() {
  const TrialTable& trials = report_.trials;
  if (trials.groups.empty()) return;
  const bool is_wide = trials.columns.size() > kNarrowColumns;
  const Markup picture =
      Markup::element("div",
                      {{"class", is_wide ? "scroll wide" : "scroll"},
                       {"tabindex", "0"},
                       {"role", "group"},
                       {"aria-label", "The search as a picture"}},
                      line_break() + trial_svg(trials, id_ + "-search") + line_break());
  const Markup caption =
      el("figcaption",
         text("A filled cell was granted; its colour and the mark behind the row tell whether the "
              "probe "
              "passed. A crossed cell is the member that was left out to see the probe fail. The "
              "columns on the left are the set. ") +
             text(trials.caption));
  section("The search",
          el("figure", line_break() + picture + line_break() + caption + line_break()) +
              line_break() +
              el("details", el("summary", text("The same as a table")) + line_break() +
                                el("div", "scroll", trial_rows())));
}

void Sections::others() {
  Markup items;
  for (const Profile::Attempt& attempt : profile_.alternatives) {
    items += el("li", el("span", "cap", text(to_string(attempt.grant))) +
                          text(": another minimal set; it passed in trial " +
                               std::to_string(attempt.trial) + '.'));
  }
  if (profile_.other_pass) {
    items +=
        el("li", el("span", "cap", text(to_string(profile_.other_pass->grant))) +
                     text(": passed in trial " + std::to_string(profile_.other_pass->trial) +
                          "; another minimal set lies inside it, and --all-minimal finds it."));
  }
  if (!items.empty()) section("What works too", el("ul", "list", items));
}

void Sections::dropped() {
  const CapabilitySet conditional = conditional_set(profile_) - profile_.add;
  Markup content = el("p", "lead",
                      text("Everything that is not kept is dropped. Of what Docker "
                           "grants by default and is needed nowhere that is:"));
  content += capability_chips(report_.dropped);
  if (!conditional.empty()) {
    content += el("p", "condition",
                  text("Needed on condition, see above: " + to_string(conditional) + '.'));
  }
  section("Dropped", content);
}

void Sections::unneeded() {
  if (profile_.run.unneeded.empty()) return;
  Markup rows = line_break();
  for (const Profile::Unneeded& each : profile_.run.unneeded) {
    rows += el("tr", row_head(el("span", "cap", text(name_of(each.name)))) +
                         el("td", code(use_text(each))) + el("td", text(result_text(each)))) +
            line_break();
  }
  section("Used, but not needed",
          el("p", "lead",
             text("With everything granted the image used these, and the probe passes without. It "
                  "may be the drop of a privilege, or a change of ownership, that no longer "
                  "happens:")) +
              el("div", "scroll",
                 el("table",
                    table_head({"Capability", "Used for", "Without it"}) + el("tbody", rows))));
}

void Sections::gaps() {
  section("Not exercised",
          el("p", "lead",
             text("A set is as good as its probe. What the trials did not exercise may "
                  "need more:")) +
              list(report_.gaps));
}

void Sections::warnings() {
  if (!profile_.warnings.empty()) section("Warnings", list(profile_.warnings));
}

void Sections::platforms() {
  Markup content =
      el("p", "lead",
         text("Kubernetes: " + report_.pod_security + ". Drop ALL: " + default_set_text() + '.'));
  Markup rows = line_break();
  for (const ReportPlatform& platform : report_.platforms) {
    rows += el("tr", row_head(text(platform.name)) + el("td", names_or_dash(platform.granted)) +
                         el("td", names_or_dash(platform.addable)) +
                         el("td", names_or_dash(platform.refused))) +
            line_break();
  }
  if (!report_.platforms.empty()) {
    content +=
        el("div", "scroll",
           el("table", table_head({"Platform", "Grants unasked", "May be added", "Refuses"}) +
                           el("tbody", rows)));
  }
  section("Where it may run", content);
}

void Sections::environment() {
  Markup rows = line_break();
  for (const EnvironmentFact& each : environment_facts(report_)) {
    rows += el("tr", row_head(text(each.name)) + el("td", text(each.value))) + line_break();
  }
  section("Where the proof holds", el("table", "facts-table", el("tbody", rows)));
}

void Sections::reproduce() {
  Markup content;
  const std::string& command = report_.reproduction.command;
  if (!command.empty()) content += el("pre", el("span", text(command)));
  for (const std::string& note : report_.reproduction.notes) {
    content += el("p", "quiet small", text(note));
  }
  section("Reproduce it", content);
}

/// The sections of a report's HTML, in the order in which a reviewer reads them: its head, what
/// changed, the capabilities, the search, what else works, and where and how it was found. `level`
/// is that of the report's own heading; ids of elements begin with `id`.
Markup report_sections(const Report& report, const std::string& id, int level) {
  return Sections(report, id, level).all();
}

/// Where an escape were ever missed, the page still runs nothing and asks for nothing.
constexpr const char* kHead =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; form-action 'none'; base-uri 'none'\">\n";

std::string id_of(std::size_t index) {
  return "profile-" + std::to_string(index + 1);
}

Markup cell(const Markup& content) {
  return Markup::element("td", content);
}

Markup index_row(const Report& report, const std::string& id) {
  const Profile& profile = report.profile;
  const bool needs_any = !report.members.empty();
  Markup link = Markup::element("a", {{"href", "#" + id}}, Markup::text(profile.image.reference));
  return Markup::element("tr",
                         Markup::element("th", {{"scope", "row"}}, link) +
                             cell(Markup::element("span", {{"class", "cap"}},
                                                  Markup::text(to_string(profile.add)))) +
                             cell(needs_any ? risk_badge(report.risk) : Markup::text("none")) +
                             cell(Markup::text(guarantee_word(profile)))) +
         Markup::own("\n");
}

Markup index_of(const std::vector<Report>& reports) {
  Markup head;
  for (const char* const name : {"Image", "Keeps", "Highest risk", "Proof"}) {
    head += Markup::element("th", {{"scope", "col"}}, Markup::text(name));
  }
  Markup rows = Markup::own("\n");
  for (std::size_t i = 0; i < reports.size(); ++i) {
    rows += index_row(reports[i], id_of(i));
  }
  return Markup::element("h1", {{"class", "image"}},
                         Markup::text(std::to_string(reports.size()) + " capability profiles")) +
         Markup::own("\n") +
         Markup::element(
             "nav", {{"class", "scroll"}, {"aria-label", "Profiles"}},
             Markup::element("table", Markup::element("thead", Markup::element("tr", head)) +
                                          Markup::element("tbody", rows))) +
         Markup::own("\n");
}

std::string title_of(const std::vector<Report>& reports) {
  return reports.size() == 1 ? reports.front().profile.image.reference + ": capabilities"
                             : std::to_string(reports.size()) + " capability profiles";
}

}  // namespace

std::string to_html(const std::vector<Report>& reports) {
  const bool is_single = reports.size() == 1;
  Markup content = Markup::own("\n");
  if (!is_single) content += index_of(reports);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    content += Markup::element(
                   "article", {{"id", id_of(i)}},
                   Markup::own("\n") + report_sections(reports[i], id_of(i), is_single ? 1 : 2)) +
               Markup::own("\n");
  }
  content += Markup::element("footer", Markup::text("Made by capmin report from the profile alone; "
                                                    "a trial is the judge of everything here.")) +
             Markup::own("\n");
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" + std::string(kHead) +
         Markup::element("title", Markup::text(title_of(reports))).string() + "\n<style>" +
         std::string(embedded_style()) + "</style>\n</head>\n<body>\n" +
         Markup::element("main", content).string() + "\n</body>\n</html>\n";
}

}  // namespace capmin
