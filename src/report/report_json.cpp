#include "document/document.h"
#include "profile/platform.h"
#include "profile/sentences.h"
#include "report/formats.h"
#include "report/report.h"

#include <utility>

namespace capmin {
namespace {

DocumentNode text(std::string_view value) {
  return {std::string(value)};
}

DocumentNode names(CapabilitySet set) {
  DocumentList list;
  for (const std::string_view name : set.names()) {
    list.items.push_back(text(name));
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

DocumentNode texts(const std::vector<std::string>& values) {
  return list_of(values, [](const std::string& value) { return text(value); });
}

void set_text(DocumentMap& map, std::string key, const std::string& value) {
  if (!value.empty()) map.set(std::move(key), text(value));
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
  map.set("name", text(known.name));
  map.set("risk", text(name_of(known.risk)));
  map.set("permits", text(known.permits));
  set_text(map, "condition", member.condition);
  set_text(map, "rule", member.rule);
  set_text(map, "rule_reason", member.rule_reason);
  set_text(map, "line", member.line);
  set_text(map, "advice", member.advice);
  if (!member.checks.empty()) map.set("checks", texts(member.checks));
  map.set("ways", texts(member.ways));
  if (member.without_it) map.set("failed_without", attempt_node(*member.without_it));
  return {std::move(map)};
}

DocumentNode unneeded_node(const Profile::Unneeded& unneeded) {
  DocumentMap map;
  map.set("name", text(name_of(unneeded.name)));
  map.set("use", text(use_text(unneeded)));
  map.set("without", text(result_text(unneeded)));
  return {std::move(map)};
}

DocumentNode platform_node(const ReportPlatform& platform) {
  DocumentMap map;
  map.set("name", text(platform.name));
  map.set("granted", names(platform.granted));
  map.set("addable", names(platform.addable));
  map.set("refused", names(platform.refused));
  return {std::move(map)};
}

DocumentNode row_node(const TrialTable::Row& row) {
  DocumentMap map;
  map.set("trial", {row.trial});
  map.set("purpose", text(row.purpose));
  map.set("grant", names(row.grant));
  if (row.without) map.set("without", text(name_of(*row.without)));
  map.set("verdict", text(name_of(row.verdict)));
  map.set("times", {row.times});
  set_text(map, "ending", row.ending);
  return {std::move(map)};
}

DocumentNode trials_node(const TrialTable& table) {
  DocumentMap map;
  map.set("caption", text(table.caption));
  map.set("groups", list_of(table.groups, [](const TrialTable::Group& group) {
            DocumentMap entry;
            entry.set("title", text(group.title));
            entry.set("trials", list_of(group.rows, row_node));
            return DocumentNode{std::move(entry)};
          }));
  return {std::move(map)};
}

DocumentNode change_nodes(const std::vector<Change>& changes) {
  return list_of(changes, [](const Change& change) {
    DocumentMap map;
    map.set("field", text(change.field));
    map.set("before", text(change.before));
    map.set("after", text(change.after));
    return DocumentNode{std::move(map)};
  });
}

DocumentNode change_node(const ReportChange& change) {
  DocumentMap map;
  map.set("previous", text(change.path));
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
    map.set("name", text(fact.name));
    map.set("value", text(fact.value));
    return DocumentNode{std::move(map)};
  });
}

DocumentNode report_node(const Report& report) {
  const Profile& profile = report.profile;
  DocumentMap map;
  map.set("profile", text(report.path));
  map.set("image", text(profile.image.reference));
  map.set("verdict", text(report.verdict));
  map.set("keep", names(profile.add));
  map.set("drop", names(report.dropped));
  if (!report.members.empty()) map.set("risk", text(name_of(report.risk)));
  map.set("guarantee", text(profile.guarantee));
  map.set("promise", text(report.guarantee));
  if (report.change) map.set("change", change_node(*report.change));
  map.set("capabilities", list_of(report.members, member_node));
  map.set("trials", trials_node(report.trials));
  map.set("alternatives", list_of(profile.alternatives, attempt_node));
  if (profile.other_pass) map.set("other", attempt_node(*profile.other_pass));
  if (!profile.run.unneeded.empty()) {
    map.set("used_but_not_needed", list_of(profile.run.unneeded, unneeded_node));
  }
  map.set("not_exercised", texts(report.gaps));
  map.set("warnings", texts(profile.warnings));
  DocumentMap security;
  security.set(
      "level",
      text(name_of(pod_security_of(profile, profile.add | conditional_set(profile)).level)));
  security.set("text", text(report.pod_security));
  map.set("pod_security", {std::move(security)});
  map.set("platforms", list_of(report.platforms, platform_node));
  map.set("environment", environment_node(report));
  map.set("command", text(report.reproduction.command));
  map.set("notes", texts(report.reproduction.notes));
  return {std::move(map)};
}

}  // namespace

std::string to_json(const std::vector<Report>& reports) {
  DocumentMap document;
  document.set("apiVersion", text("capmin/v1"));
  document.set("kind", text("Report"));
  document.set("reports", list_of(reports, report_node));
  return emit_json(document);
}

}  // namespace capmin
