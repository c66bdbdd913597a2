#include "trial/journal.h"

#include "core/error.h"
#include "document/fields.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace capmin {
namespace {

/// The checksum finds damage, not malice: half of a SHA-256 is plenty.
constexpr std::size_t kChecksumDigits = 32;
/// A line may hold all that a trial asked of the kernel.
constexpr YamlLimits kLimits{.bytes = std::size_t{64} << 20U, .values = 2'000'000};

/// A text of the container's.
struct AsHostile : AsText {
  DocumentNode write(const std::string& value) const { return {sanitize(value)}; }
};

constexpr AsList kSets{AsBits{}};
constexpr AsEnumerator kCapability{static_cast<Capability>(kCapabilityCount - 1)};

constexpr auto kKernelSets = [](auto& field, auto& sets) {
  field("inheritable", sets.inheritable, AsBits{});
  field("permitted", sets.permitted, AsBits{});
  field("effective", sets.effective, AsBits{});
  field("bounding", sets.bounding, AsBits{});
  field("ambient", sets.ambient, AsBits{});
};

constexpr auto kProcess = [](auto& field, auto& process) {
  field("name", process.name, AsHostile{});
  field("uid", process.uid, kAnyWhole);
  field("gid", process.gid, kAnyWhole);
  field("effective", process.effective, AsBits{});
  field("no_new_privs", process.no_new_privs, AsTruth{});
};

/// Without the log: what it says of permissions is among the clues.
constexpr auto kStopEnd = [](auto& field, auto& end) {
  field("exit_code", end.exit_code, kAnyWhole);
  field.maybe("killed", end.killed, AsList{AsHostile{}});
};

constexpr auto kClue = [](auto& field, auto& clue) {
  field("rule", clue.rule, AsText{});
  field("line", clue.line, AsText{});
  field("suspects", clue.suspects, kSets);
  field("reason", clue.reason, AsText{});
  field("check", clue.check, AsText{});
  field("alternative", clue.alternative, AsText{});
  field("vague", clue.vague, AsTruth{});
  field("optional", clue.optional, AsTruth{});
  field("seccomp", clue.seccomp, AsList{AsText{}});
};

constexpr auto kCheck = [](auto& field, auto& check) {
  field("capability", check.capability, kCapability);
  field("result", check.result, AsEnumerator{CheckResult::kHard});
  field("call", check.call, AsText{});
  field("process", check.process, AsHostile{});
  field("count", check.count, kAnyWhole);
};

constexpr auto kRequest = [](auto& field, auto& request) {
  field("call", request.call, AsText{});
  field("process", request.process, AsHostile{});
  field("asked", request.asked, AsBits{});
  field("held", request.held, AsBits{});
  field("given", request.is_given, AsTruth{});
  field("count", request.count, kAnyWhole);
};

constexpr auto kTrace = [](auto& field, auto& trace) {
  field("checks", trace.checks, AsList{object<Check>(kCheck)});
  field("requests", trace.requests, AsList{object<CapabilityRequest>(kRequest)});
  field("programs", trace.programs, AsList{AsHostile{}});
  field.maybe("carried", trace.carried, AsBits{});
  field("lost", trace.lost, kAnyWhole);
};

constexpr auto kTrial = [](auto& field, auto& trial) {
  auto& [number, request, outcome, clues, observation, harmless_lines] = trial;
  field("number", number, AsWhole{});
  field("grant", request.grant, AsBits{});
  field("purpose", request.purpose, AsEnumerator{Purpose::kExplore});
  field("subject", request.subject, AsBits{});
  field("verdict", outcome.verdict, AsEnumerator{Verdict::kUndecided});
  field("ending", outcome.ending, AsEnumerator{Ending::kNotReset});
  field.maybe("exit_code", outcome.exit_code, kAnyWhole);
  field.maybe("probe_exit", outcome.probe_exit, kAnyWhole);
  field("engine_message", outcome.engine_message, AsText{});
  field("phase", outcome.phase, AsEnumerator{Phase::kRestart});
  field.maybe("sets", outcome.sets, object<KernelSets>(kKernelSets));
  field("processes", outcome.processes, AsList{object<ContainerProcess>(kProcess)});
  field("wait_seconds", outcome.wait_seconds, AsReal{});
  field("seconds", outcome.seconds, AsReal{});
  field("deadline_seconds", outcome.deadline_seconds, AsReal{});
  field.maybe("stop_end", outcome.stop_end, object<StopEnd>(kStopEnd));
  field.maybe("trace", outcome.trace, object<Trace>(kTrace));
  field.maybe("harmless_lines", harmless_lines, AsList{kAnyWhole});
  field("clues", clues, AsList{object<Clue>(kClue)});
  field("signature", observation.signature, AsText{});
  field("suspects", observation.suspects, kSets);
};

constexpr auto kDocument = object<FinishedTrial>(kTrial);

std::string checksum(std::string_view trial) {
  return sha256(trial).substr(0, kChecksumDigits);
}

std::string record_of(const std::string& trial) {
  return R"({"sum":")" + checksum(trial) + R"(","trial":)" + trial + '}';
}

}  // namespace

std::string to_record(const FinishedTrial& trial) {
  return record_of(emit_json_line(kDocument.map(trial)));
}

std::optional<FinishedTrial> trial_from_record(std::string_view line) {
  const std::size_t around = record_of("").size();
  if (line.size() <= around) return std::nullopt;
  const std::string text(line.substr(around - 1, line.size() - around));
  if (line != record_of(text)) return std::nullopt;
  try {
    FinishedTrial trial;
    kDocument.read(parse_strict_yaml(text, "journal", kLimits), YamlReader("journal"), trial);
    trial.observation.trial = trial.number;
    trial.observation.grant = trial.request.grant;
    trial.observation.verdict = trial.outcome.verdict;
    if (trial.outcome.trace) trial.observation.traced = belief_of(*trial.outcome.trace);
    return trial;
  } catch (const Error&) {
    return std::nullopt;
  }
}

namespace {

constexpr const char* kFormat = "capmin-journal/2";
/// How the journals of all versions begin.
constexpr std::string_view kFirst = R"({"format":"capmin-journal/)";

using Facts = std::map<std::string, std::string>;
constexpr AsMap<AsText> kFacts{};

std::string to_line(const SearchFacts& facts) {
  DocumentMap map;
  map.set("format", {std::string(kFormat)});
  for (const auto& [name, value] : facts) {
    map.set(name, {value});
  }
  return emit_json_line(map);
}

std::optional<Facts> facts_of(std::string_view line) {
  try {
    Facts facts;
    kFacts.read(parse_strict_yaml(line, "journal"), YamlReader("journal"), facts);
    return facts;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The name of the first fact in which the journal's first line differs; nothing when none does.
std::optional<std::string> difference(std::string_view line, const SearchFacts& facts) {
  const std::optional<Facts> found = facts_of(line);
  if (!found || !found->contains("format") || found->at("format") != kFormat) return "format";
  for (const auto& [name, value] : facts) {
    const auto other = found->find(name);
    if (other == found->end() || other->second != value) return name;
  }
  const Facts expected(facts.begin(), facts.end());
  for (const auto& [name, value] : *found) {
    if (name != "format" && !expected.contains(name)) return name;
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
