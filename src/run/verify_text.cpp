#include "run/verify_text.h"

#include "document/document.h"
#include "text/quote.h"

#include <algorithm>
#include <utility>

namespace capmin {
namespace {

/// As wide as the longest status.
constexpr std::size_t kStatusWidth = std::string_view("ok-new-image").size() + 2;

std::string value_text(const std::string& value) {
  return value.empty() ? "(nothing)" : shown(value);
}

void add_changes(const std::string& label, const std::vector<Change>& changes,
                 std::vector<std::string>& lines) {
  for (const Change& change : changes) {
    lines.push_back(label + ' ' + shown(change.field) + ": " + value_text(change.before) + " -> " +
                    value_text(change.after));
  }
}

/// Details of before lose their indentation: whatever indented them, nothing of them stands where a
/// line of ours begins.
std::vector<std::string> seen_lines(const Verification& verification) {
  std::vector<std::string> lines;
  for (const std::string& line : verification.details) {
    lines.push_back(line.substr(std::min(line.find_first_not_of(' '), line.size())));
  }
  return lines;
}

DocumentNode names(CapabilitySet set) {
  DocumentList list;
  for (const std::string_view name : set.names()) {
    list.items.push_back({std::string(name)});
  }
  return {std::move(list)};
}

DocumentNode row_node(const VerifyRow& row) {
  const Verification& verification = row.verification;
  DocumentList details;
  for (const std::string& line : seen_lines(verification)) {
    details.items.push_back({line});
  }
  DocumentMap map;
  map.set("profile", {row.profile});
  map.set("image", {row.image});
  map.set("status", {std::string(name_of(verification.status))});
  map.set("exit", {verification.exit});
  map.set("text", {verification.text});
  map.set("details", {std::move(details)});
  map.set("hint", {verification.hint});
  map.set("set", names(verification.set));
  map.set("droppable", names(verification.droppable));
  map.set("conditional", names(verification.conditional));
  map.set("stale", change_nodes(verification.drift.stale));
  map.set("image_changes", change_nodes(verification.drift.image));
  map.set("notes", change_nodes(verification.drift.notes));
  map.set("trials", {verification.trials});
  map.set("written", {row.written});
  return {std::move(map)};
}

}  // namespace

std::vector<std::string> details_of(const Verification& verification) {
  std::vector<std::string> lines;
  for (const std::string& line : seen_lines(verification)) {
    lines.push_back(shown(line));
  }
  add_changes("changed", verification.drift.stale, lines);
  add_changes("changed", verification.drift.image, lines);
  add_changes("note", verification.drift.notes, lines);
  return lines;
}

std::string to_text(const VerifyRow& row) {
  const Verification& verification = row.verification;
  std::string status(name_of(verification.status));
  status.resize(kStatusWidth, ' ');
  std::string text = status + shown(row.profile) + ": " + shown(verification.text) + '\n';
  for (const std::string& line : details_of(verification)) {
    text += "  " + line + '\n';
  }
  if (!verification.hint.empty()) text += "  hint: " + shown(verification.hint) + '\n';
  if (!row.written.empty()) text += "  wrote " + shown(row.written) + '\n';
  return text;
}

std::string to_json(const std::vector<VerifyRow>& rows) {
  DocumentList list;
  for (const VerifyRow& row : rows) {
    list.items.push_back(row_node(row));
  }
  return emit_json(list);
}

}  // namespace capmin
