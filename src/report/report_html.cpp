#include "report/formats.h"
#include "report/html_sections.h"
#include "text/embedded.h"

namespace capmin {
namespace {

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
                             cell(Markup::text(profile.guarantee))) +
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
