#include "trial/journal.h"

#include "core/error.h"
#include "trial/trial_record.h"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace capmin {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "capmin-journal/1";
/// How the journals of all versions begin.
constexpr std::string_view kFirst = R"({"format":"capmin-journal/)";

std::string to_line(const SearchFacts& facts) {
  json::object object{{"format", json::string_view(kFormat.data(), kFormat.size())}};
  for (const auto& [name, value] : facts) {
    object[name] = value;
  }
  return json::serialize(object);
}

std::optional<json::object> facts_of(std::string_view line) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(line.data(), line.size()), error);
  if (error || !value.is_object()) return std::nullopt;
  return value.as_object();
}

/// The name of the first fact in which the journal's first line differs; nothing when none does.
std::optional<std::string> difference(std::string_view line, const SearchFacts& facts) {
  const std::optional<json::object> found = facts_of(line);
  if (!found) return "format";
  const json::object expected = *facts_of(to_line(facts));
  for (const auto& entry : expected) {
    const json::value* value = found->if_contains(entry.key());
    if (value == nullptr || *value != entry.value()) return std::string(entry.key());
  }
  for (const auto& entry : *found) {
    if (expected.if_contains(entry.key()) == nullptr) return std::string(entry.key());
  }
  return std::nullopt;
}

}  // namespace

Journal::Journal(const std::filesystem::path& path, const SearchFacts& facts, Mode mode)
    : log_(path) {
  // What was cut short may still be ours.
  const std::string first = log_.beginning(kFirst.size());
  if (!kFirst.starts_with(first)) {
    throw Error(ExitCode::kOutput, "cannot use " + path.string() + ": it is no journal of capmin's",
                "name another output with -o FILE, or give the file another name");
  }
  const std::vector<std::string> lines = log_.whole_lines();
  if (mode == Mode::kStart || lines.empty()) {
    dropped_ = lines.size() > 1;
    log_.truncate(0);
    log_.append(to_line(facts));
    return;
  }
  if (const auto name = difference(lines.front(), facts)) {
    throw Error(ExitCode::kUsage,
                "cannot resume from " + path.string() + ": it belongs to another search, the " +
                    *name + " differs",
                "leave --resume out to start afresh");
  }
  std::size_t valid = 1;
  for (; valid < lines.size(); ++valid) {
    std::optional<FinishedTrial> trial = trial_from_record(lines[valid]);
    if (!trial) break;
    known_.push_back(*std::move(trial));
  }
  log_.truncate(valid);
}

void Journal::add(const FinishedTrial& trial) {
  log_.append(to_record(trial));
}

std::filesystem::path journal_path(const std::filesystem::path& output) {
  return output.string() + ".journal";
}

}  // namespace capmin
