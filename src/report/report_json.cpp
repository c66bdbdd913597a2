#include "document/document.h"
#include "profile/platform.h"
#include "profile/sentences.h"
#include "report/formats.h"
#include "report/report.h"

#include <utility>

namespace capmin {
namespace {

DocumentNode names(CapabilitySet set) {
  DocumentList list;
  for (const std::string_view name : set.names()) {
    list.items.push_back(text_node(name));
  }
  return {std::move(list)};
}

template <typename Entry, typename Convert>
DocumentNode list_of(const std::vector<Entry>& entries, Convert convert) {
  DocumentList list;
  for (const Entry& entry : entries) {
    list.items.push_back(convert(entry));
  }
  return {std::move(list)};
}

void set_text(DocumentMap& map, std::string key, const std::string& value) {
  if (!value.empty()) map.set(std::move(key), text_node(value));
}

DocumentNode attempt_node(const Profile::Attempt& attempt) {
  DocumentMap map;
  map.set("trial", {attempt.trial});
  map.set("grant", names(attempt.grant));
  map.set("times", {attempt.times});
  if (attempt.exit) map.set("exit", {*attempt.exit});
  set_text(map, "ending", attempt.ending);
  return {std::move(map)};
}

DocumentNode member_node(const ReportMember& member) {
  const CapabilityInfo& known = info(member.name);
  DocumentMap map;
  map.set("name", text_node(known.name));
  map.set("risk", text_node(name_of(known.risk)));
  map.set("permits", text_node(known.permits));
  set_text(map, "condition", member.condition);
  set_text(map, "rule", member.rule);
  set_text(map, "rule_reason", member.rule_reason);
  set_text(map, "line", member.line);
  set_text(map, "advice", member.advice);
  if (!member.checks.empty()) map.set("checks", text_list(member.checks));
  map.set("ways", text_list(member.ways));
  if (member.without_it) map.set("failed_without", attempt_node(*member.without_it));
  return {std::move(map)};
}

DocumentNode unneeded_node(const Profile::Unneeded& unneeded) {
  DocumentMap map;
  map.set("name", text_node(name_of(unneeded.name)));
  map.set("use", text_node(use_text(unneeded)));
  map.set("without", text_node(result_text(unneeded)));
  return {std::move(map)};
}

DocumentNode platform_node(const ReportPlatform& platform) {
  DocumentMap map;
  map.set("name", text_node(platform.name));
  map.set("granted", names(platform.granted));
  map.set("addable", names(platform.addable));
  map.set("refused", names(platform.refused));
  return {std::move(map)};
}

DocumentNode row_node(const TrialTable::Row& row) {
  DocumentMap map;
  map.set("trial", {row.trial});
  map.set("purpose", text_node(row.purpose));
  map.set("grant", names(row.grant));
  if (row.without) map.set("without", text_node(name_of(*row.without)));
  map.set("verdict", text_node(name_of(row.verdict)));
  map.set("times", {row.times});
  set_text(map, "ending", row.ending);
  return {std::move(map)};
}

DocumentNode trials_node(const TrialTable& table) {
  DocumentMap map;
  map.set("caption", text_node(table.caption));
  map.set("groups", list_of(table.groups, [](const TrialTable::Group& group) {
            DocumentMap entry;
            entry.set("title", text_node(group.title));
            entry.set("trials", list_of(group.rows, row_node));
            return DocumentNode{std::move(entry)};
          }));
  return {std::move(map)};
}

DocumentNode change_node(const ReportChange& change) {
  DocumentMap map;
  map.set("previous", text_node(change.path));
  map.set("same", {change.diff.empty()});
  map.set("riskier", {change.diff.riskier});
  map.set("added", names(change.diff.added));
  map.set("removed", names(change.diff.removed));
  map.set("conditions", change_nodes(change.diff.conditions));
  map.set("facts", change_nodes(change.diff.facts));
  return {std::move(map)};
}

DocumentNode environment_node(const Report& report) {
  return list_of(environment_facts(report), [](const EnvironmentFact& fact) {
    DocumentMap map;
    map.set("name", text_node(fact.name));
    map.set("value", text_node(fact.value));
    return DocumentNode{std::move(map)};
  });
}

DocumentNode report_node(const Report& report) {
  const Profile& profile = report.profile;
  DocumentMap map;
  map.set("profile", text_node(report.path));
  map.set("image", text_node(profile.image.reference));
  map.set("verdict", text_node(report.verdict));
  map.set("keep", names(profile.add));
  map.set("drop", names(report.dropped));
  if (!report.members.empty()) map.set("risk", text_node(name_of(report.risk)));
  map.set("guarantee", text_node(guarantee_word(profile)));
  map.set("promise", text_node(report.guarantee));
  if (report.change) map.set("change", change_node(*report.change));
  map.set("capabilities", list_of(report.members, member_node));
  map.set("trials", trials_node(report.trials));
  map.set("alternatives", list_of(profile.alternatives, attempt_node));
  if (profile.other_pass) map.set("other", attempt_node(*profile.other_pass));
  if (!profile.run.unneeded.empty()) {
    map.set("used_but_not_needed", list_of(profile.run.unneeded, unneeded_node));
  }
  map.set("not_exercised", text_list(report.gaps));
  map.set("warnings", text_list(profile.warnings));
  DocumentMap security;
  security.set(
      "level",
      text_node(name_of(pod_security_of(profile, profile.add | conditional_set(profile)).level)));
  security.set("text", text_node(report.pod_security));
  map.set("pod_security", {std::move(security)});
  map.set("platforms", list_of(report.platforms, platform_node));
  map.set("environment", environment_node(report));
  map.set("command", text_node(report.reproduction.command));
  map.set("notes", text_list(report.reproduction.notes));
  return {std::move(map)};
}

}  // namespace

std::string to_json(const std::vector<Report>& reports) {
  DocumentMap document;
  document.set("apiVersion", text_node("capmin/v1"));
  document.set("kind", text_node("Report"));
  document.set("reports", list_of(reports, report_node));
  return emit_json(document);
}

}  // namespace capmin
