#include "trial/journal.h"

#include "core/error.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <boost/json.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace capmin {
namespace {

namespace json = boost::json;

/// The checksum finds damage, not malice: half of a SHA-256 is plenty.
constexpr std::size_t kChecksumDigits = 32;

std::string checksum(const json::value& trial) {
  return sha256(json::serialize(trial)).substr(0, kChecksumDigits);
}

json::array to_json(const std::vector<CapabilitySet>& sets) {
  json::array array;
  for (const CapabilitySet set : sets) {
    array.emplace_back(set.bits());
  }
  return array;
}

json::value to_json(const std::optional<int>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::value to_json(const std::optional<KernelSets>& sets) {
  if (!sets) return nullptr;
  return json::value(to_json(std::vector<CapabilitySet>{
      sets->inheritable, sets->permitted, sets->effective, sets->bounding, sets->ambient}));
}

json::array to_json(const std::vector<ContainerProcess>& processes) {
  json::array array;
  for (const ContainerProcess& process : processes) {
    array.emplace_back(json::object{{"name", sanitize(process.name)},
                                    {"uid", process.uid},
                                    {"gid", process.gid},
                                    {"effective", process.effective.bits()},
                                    {"no_new_privs", process.no_new_privs}});
  }
  return array;
}

/// Without the log: what it says of permissions is among the clues.
json::value to_json(const std::optional<StopEnd>& end) {
  if (!end) return nullptr;
  json::value killed = nullptr;
  if (end->killed) {
    json::array& names = killed.emplace_array();
    for (const std::string& name : *end->killed) {
      names.emplace_back(sanitize(name));
    }
  }
  return json::object{{"exit_code", end->exit_code}, {"killed", std::move(killed)}};
}

json::object to_json(const Clue& clue) {
  return {{"rule", clue.rule},
          {"line", clue.line},
          {"suspects", to_json(clue.suspects)},
          {"reason", clue.reason},
          {"check", clue.check},
          {"alternative", clue.alternative},
          {"vague", clue.vague},
          {"optional", clue.optional},
          {"seccomp", json::array(clue.seccomp.begin(), clue.seccomp.end())}};
}

json::value to_json(const std::optional<Trace>& trace) {
  if (!trace) return nullptr;
  json::array checks;
  for (const Check& check : trace->checks) {
    checks.emplace_back(json::object{{"capability", static_cast<int>(check.capability)},
                                     {"result", static_cast<int>(check.result)},
                                     {"call", check.call},
                                     {"process", sanitize(check.process)},
                                     {"count", check.count}});
  }
  json::array requests;
  for (const CapabilityRequest& request : trace->requests) {
    requests.emplace_back(json::object{{"call", request.call},
                                       {"process", sanitize(request.process)},
                                       {"asked", request.asked.bits()},
                                       {"held", request.held.bits()},
                                       {"given", request.is_given},
                                       {"count", request.count}});
  }
  json::array programs;
  for (const std::string& program : trace->programs) {
    programs.emplace_back(sanitize(program));
  }
  return json::object{{"checks", std::move(checks)},
                      {"requests", std::move(requests)},
                      {"programs", std::move(programs)},
                      {"carried", trace->carried ? json::value(trace->carried->bits()) : nullptr},
                      {"lost", trace->lost}};
}

json::object to_json(const FinishedTrial& trial) {
  json::array clues;
  for (const Clue& clue : trial.clues) {
    clues.emplace_back(to_json(clue));
  }
  const Outcome& outcome = trial.outcome;
  return {{"number", trial.number},
          {"grant", trial.request.grant.bits()},
          {"purpose", static_cast<int>(trial.request.purpose)},
          {"subject", trial.request.subject.bits()},
          {"verdict", static_cast<int>(outcome.verdict)},
          {"ending", static_cast<int>(outcome.ending)},
          {"exit_code", to_json(outcome.exit_code)},
          {"probe_exit", to_json(outcome.probe_exit)},
          {"engine_message", outcome.engine_message},
          {"phase", static_cast<int>(outcome.phase)},
          {"sets", to_json(outcome.sets)},
          {"processes", to_json(outcome.processes)},
          {"wait_seconds", outcome.wait_seconds},
          {"seconds", outcome.seconds},
          {"deadline_seconds", outcome.deadline_seconds},
          {"stop_end", to_json(outcome.stop_end)},
          {"trace", to_json(outcome.trace)},
          {"harmless_lines", trial.harmless_lines
                                 ? json::value(json::array(trial.harmless_lines->begin(),
                                                           trial.harmless_lines->end()))
                                 : nullptr},
          {"clues", std::move(clues)},
          {"signature", trial.observation.signature},
          {"suspects", to_json(trial.observation.suspects)}};
}

CapabilitySet set_of(const json::value& value) {
  return CapabilitySet::from_bits(value.to_number<std::uint64_t>());
}

std::vector<CapabilitySet> sets_of(const json::value& value) {
  std::vector<CapabilitySet> sets;
  for (const json::value& item : value.as_array()) {
    sets.push_back(set_of(item));
  }
  return sets;
}

std::string text_of(const json::value& value) {
  return std::string(value.as_string().data(), value.as_string().size());
}

std::vector<std::string> texts_of(const json::value& value) {
  std::vector<std::string> texts;
  for (const json::value& item : value.as_array()) {
    texts.push_back(text_of(item));
  }
  return texts;
}

std::optional<int> number_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return value.to_number<int>();
}

/// The enumerator with the number in `value`, at most `last`.
template <typename Enum>
Enum enumerator_of(const json::value& value, Enum last) {
  const int number = value.to_number<int>();
  if (number < 0 || number > static_cast<int>(last)) throw std::out_of_range("no such enumerator");
  return static_cast<Enum>(number);
}

std::optional<KernelSets> kernel_sets_of(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  const std::vector<CapabilitySet> sets = sets_of(value);
  return KernelSets{sets.at(0), sets.at(1), sets.at(2), sets.at(3), sets.at(4)};
}

std::vector<ContainerProcess> processes_of(const json::value& value) {
  std::vector<ContainerProcess> processes;
  for (const json::value& item : value.as_array()) {
    const json::object& object = item.as_object();
    processes.push_back({.name = text_of(object.at("name")),
                         .uid = object.at("uid").to_number<int>(),
                         .gid = object.at("gid").to_number<int>(),
                         .effective = set_of(object.at("effective")),
                         .no_new_privs = object.at("no_new_privs").as_bool()});
  }
  return processes;
}

/// Journals of earlier versions do not say whether a clue is optional.
Clue clue_of(const json::object& object) {
  const json::value* const optional = object.if_contains("optional");
  return {.rule = text_of(object.at("rule")),
          .line = text_of(object.at("line")),
          .suspects = sets_of(object.at("suspects")),
          .reason = text_of(object.at("reason")),
          .check = text_of(object.at("check")),
          .alternative = text_of(object.at("alternative")),
          .vague = object.at("vague").as_bool(),
          .program = {},
          .seccomp = texts_of(object.at("seccomp")),
          .optional = optional != nullptr && optional->as_bool()};
}

/// Journals of earlier versions have none.
std::optional<Trace> trace_of(const json::value* value) {
  if (value == nullptr || value->is_null()) return std::nullopt;
  Trace trace;
  trace.programs = texts_of(value->as_object().at("programs"));
  const json::value& carried = value->as_object().at("carried");
  if (!carried.is_null()) trace.carried = set_of(carried);
  trace.lost = value->as_object().at("lost").to_number<std::uint64_t>();
  for (const json::value& item : value->as_object().at("checks").as_array()) {
    const json::object& object = item.as_object();
    trace.checks.push_back(
        {.capability =
             enumerator_of(object.at("capability"), static_cast<Capability>(kCapabilityCount - 1)),
         .result = enumerator_of(object.at("result"), CheckResult::kHard),
         .call = text_of(object.at("call")),
         .process = text_of(object.at("process")),
         .count = object.at("count").to_number<std::uint64_t>()});
  }
  const json::value* const requests = value->as_object().if_contains("requests");
  for (const json::value& item : requests == nullptr ? json::array() : requests->as_array()) {
    const json::object& object = item.as_object();
    trace.requests.push_back({.call = text_of(object.at("call")),
                              .process = text_of(object.at("process")),
                              .asked = set_of(object.at("asked")),
                              .held = set_of(object.at("held")),
                              .is_given = object.at("given").as_bool(),
                              .count = object.at("count").to_number<std::uint64_t>()});
  }
  return trace;
}

/// Journals of earlier versions have none.
std::optional<StopEnd> stop_end_of(const json::value* value) {
  if (value == nullptr || value->is_null()) return std::nullopt;
  StopEnd end{
      .exit_code = value->as_object().at("exit_code").to_number<int>(), .log = {}, .killed = {}};
  const json::value& killed = value->as_object().at("killed");
  if (!killed.is_null()) end.killed = texts_of(killed);
  return end;
}

FinishedTrial trial_of(const json::object& object) {
  FinishedTrial trial;
  trial.number = object.at("number").to_number<int>();
  trial.request.grant = set_of(object.at("grant"));
  trial.request.purpose = enumerator_of(object.at("purpose"), Purpose::kExplore);
  trial.request.subject = set_of(object.at("subject"));
  trial.outcome.verdict = enumerator_of(object.at("verdict"), Verdict::kUndecided);
  trial.outcome.ending = enumerator_of(object.at("ending"), Ending::kNotReset);
  trial.outcome.exit_code = number_of(object.at("exit_code"));
  trial.outcome.probe_exit = number_of(object.at("probe_exit"));
  trial.outcome.engine_message = text_of(object.at("engine_message"));
  trial.outcome.phase = enumerator_of(object.at("phase"), Phase::kRestart);
  trial.outcome.sets = kernel_sets_of(object.at("sets"));
  trial.outcome.processes = processes_of(object.at("processes"));
  trial.outcome.wait_seconds = object.at("wait_seconds").to_number<double>();
  trial.outcome.seconds = object.at("seconds").to_number<double>();
  trial.outcome.deadline_seconds = object.at("deadline_seconds").to_number<double>();
  for (const json::value& clue : object.at("clues").as_array()) {
    trial.clues.push_back(clue_of(clue.as_object()));
  }
  trial.outcome.stop_end = stop_end_of(object.if_contains("stop_end"));
  trial.outcome.trace = trace_of(object.if_contains("trace"));
  const json::value* const lines = object.if_contains("harmless_lines");
  if (lines != nullptr && !lines->is_null()) {
    trial.harmless_lines.emplace();
    for (const json::value& number : lines->as_array()) {
      trial.harmless_lines->push_back(number.to_number<std::uint64_t>());
    }
  }
  trial.observation = {.trial = trial.number,
                       .grant = trial.request.grant,
                       .verdict = trial.outcome.verdict,
                       .signature = text_of(object.at("signature")),
                       .suspects = sets_of(object.at("suspects")),
                       .traced = {}};
  if (trial.outcome.trace) trial.observation.traced = belief_of(*trial.outcome.trace);
  return trial;
}

}  // namespace

std::string to_record(const FinishedTrial& trial) {
  const json::value value = to_json(trial);
  return json::serialize(json::object{{"sum", checksum(value)}, {"trial", value}});
}

std::optional<FinishedTrial> trial_from_record(std::string_view line) {
  try {
    const json::value record = json::parse(json::string_view(line.data(), line.size()));
    const json::value& trial = record.as_object().at("trial");
    if (text_of(record.as_object().at("sum")) != checksum(trial)) return std::nullopt;
    return trial_of(trial.as_object());
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

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
