#include "profile/diff_text.h"

#include "profile/document.h"
#include "text/columns.h"
#include "text/markdown.h"
#include "text/quote.h"

#include <utility>

namespace capmin {
namespace {

constexpr std::size_t kWidth = 100;
constexpr const char* kSame = "The profiles say the same.\n";

std::string risk_of(Capability capability) {
  return std::string(name_of(info(capability).risk));
}

std::string verdict(const ProfileDiff& diff) {
  return diff.riskier ? "The new profile is riskier.\n" : "The new profile is not riskier.\n";
}

std::string from_to(const Change& change) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::string("(nothing)") : shown(value);
  };
  return text(change.before) + " -> " + text(change.after);
}

DocumentNode capability_nodes(CapabilitySet set) {
  DocumentList list;
  for (const std::string_view name : set.names()) {
    DocumentMap map;
    map.set("name", {std::string(name)});
    map.set("risk", {risk_of(*capability_named(name))});
    list.items.push_back({std::move(map)});
  }
  return {std::move(list)};
}

DocumentNode change_nodes(const std::vector<Change>& changes) {
  DocumentList list;
  for (const Change& change : changes) {
    DocumentMap map;
    map.set("field", {change.field});
    map.set("before", {change.before});
    map.set("after", {change.after});
    list.items.push_back({std::move(map)});
  }
  return {std::move(list)};
}

std::string capability_rows(CapabilitySet set, const std::string& word) {
  std::string rows;
  for (const std::string_view name : set.names()) {
    const Capability capability = *capability_named(name);
    rows += "| " + word + " | `" + std::string(name) + "` | " + risk_of(capability) + " | " +
            std::string(info(capability).permits) + " |\n";
  }
  return rows;
}

std::string change_rows(const std::vector<Change>& changes, const std::string& prefix) {
  const auto cell = [](const std::string& value) {
    return value.empty() ? std::string("nothing") : code_span(value);
  };
  std::string rows;
  for (const Change& change : changes) {
    rows += "| " + prefix + code_span(change.field) + " | " + cell(change.before) + " | " +
            cell(change.after) + " |\n";
  }
  return rows;
}

}  // namespace

std::string to_text(const ProfileDiff& diff) {
  if (diff.empty()) return kSame;
  Columns columns;
  for (const auto& [set, sign] : {std::pair(diff.added, "+"), std::pair(diff.removed, "-")}) {
    for (const std::string_view name : set.names()) {
      const Capability capability = *capability_named(name);
      columns.add(sign, std::string(name),
                  risk_of(capability) + " risk: " + std::string(info(capability).permits));
    }
  }
  for (const Change& change : diff.conditions) {
    columns.add("~", change.field, "needed where: " + from_to(change));
  }
  for (const Change& change : diff.facts) {
    columns.add("~", shown(change.field), from_to(change));
  }
  return columns.to_string(kWidth) + verdict(diff);
}

std::string to_json(const ProfileDiff& diff) {
  DocumentMap document;
  document.set("added", capability_nodes(diff.added));
  document.set("removed", capability_nodes(diff.removed));
  document.set("conditions", change_nodes(diff.conditions));
  document.set("facts", change_nodes(diff.facts));
  document.set("riskier", {diff.riskier});
  return emit_json(document);
}

std::string to_markdown(const ProfileDiff& diff) {
  if (diff.empty()) return kSame;
  std::string result = verdict(diff);
  if (!diff.added.empty() || !diff.removed.empty()) {
    result += "\n| change | capability | risk | permits to |\n|---|---|---|---|\n" +
              capability_rows(diff.added, "added") + capability_rows(diff.removed, "removed");
  }
  if (!diff.conditions.empty() || !diff.facts.empty()) {
    result += "\n| what | before | after |\n|---|---|---|\n" +
              change_rows(diff.conditions, "condition of ") + change_rows(diff.facts, "");
  }
  return result;
}

}  // namespace capmin
