#include "cli/commands.h"
#include "cli/log_input.h"
#include "core/error.h"
#include "core/seccomp.h"
#include "diagnosis/clue.h"
#include "diagnosis/rule_table.h"
#include "document/document.h"
#include "engine/engine.h"
#include "options/command_options.h"
#include "profile/platform.h"
#include "profile/profile_yaml.h"
#include "report/audit.h"
#include "run/chosen_rules.h"
#include "system/file.h"
#include "text/sanitize.h"
#include "text/spelling.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace capmin {
namespace {

std::string entry(std::size_t number, std::size_t width, const Clue& clue) {
  std::string label = std::to_string(number);
  label.resize(std::max(label.size(), width), ' ');
  const std::string indent = '\n' + std::string(label.size() + 2, ' ');
  std::string text = label + "  " + clue.line;
  text += indent + "suspects  " +
          (clue.suspects.empty() ? "none: no grant helps" : suspects_text(clue.suspects));
  text += indent + "reason    " + clue.reason;
  if (!clue.seccomp.empty()) text += indent + "seccomp   " + seccomp_sentence(clue.seccomp);
  text +=
      indent + "rule      " + clue.rule + (clue.vague ? " (vague: it knows the error only)" : "");
  text += indent + "check     " + clue.check;
  if (!clue.alternative.empty()) text += indent + "avoid     " + clue.alternative;
  return text + "\n\n";
}

DocumentList suspect_nodes(const std::vector<CapabilitySet>& suspects) {
  DocumentList list;
  for (const CapabilitySet suspect : suspects) {
    DocumentList together;
    for (const std::string_view name : suspect.names()) {
      together.items.push_back({std::string(name)});
    }
    list.items.push_back({std::move(together)});
  }
  return list;
}

DocumentMap clue_node(const Clue& clue) {
  DocumentMap map;
  // What stands behind a part that was not read has no number that anybody knows.
  if (clue.line_number != 0) map.set("number", {static_cast<int>(clue.line_number)});
  map.set("line", {clue.line});
  map.set("rule", {clue.rule});
  map.set("vague", {clue.vague});
  map.set("suspects", {suspect_nodes(clue.suspects)});
  map.set("reason", {clue.reason});
  if (!clue.seccomp.empty()) map.set("seccomp", {seccomp_sentence(clue.seccomp)});
  map.set("check", {clue.check});
  if (!clue.alternative.empty()) map.set("alternative", {clue.alternative});
  return map;
}

constexpr bool kExited = true;

std::vector<Clue> clues_of(std::string_view log, const RuleTable& rules) {
  Evidence evidence;
  evidence.log = log;
  return rules.clues(evidence);
}

}  // namespace

std::string logs_json(const std::vector<std::pair<std::string, std::string>>& logs,
                      const RuleTable& rules) {
  DocumentList list;
  for (const auto& [name, log] : logs) {
    const std::vector<Clue> clues = clues_of(log, rules);
    DocumentList nodes;
    for (const Clue& clue : clues)
      nodes.items.push_back({clue_node(clue)});
    DocumentMap map;
    map.set("name", {sanitize(name)});
    map.set("clues", {std::move(nodes)});
    map.set("suspects", {suspect_nodes(ranked_suspects(clues, kExited))});
    list.items.push_back({std::move(map)});
  }
  DocumentMap document;
  document.set("kind", {std::string("Explanation")});
  document.set("logs", {std::move(list)});
  return emit_json(document);
}

std::string log_text(const std::string& name, std::string_view log, const RuleTable& rules) {
  const std::vector<Clue> clues = clues_of(log, rules);
  const std::string shown = sanitize(name == "-" ? "standard input" : name);
  if (clues.empty()) {
    return "log " + shown + ": no line speaks for a capability\n";
  }
  const std::size_t width = std::to_string(clues.size()).size();
  std::string text;
  for (std::size_t i = 0; i < clues.size(); ++i) {
    text += entry(i + 1, width, clues[i]);
  }
  const std::vector<CapabilitySet> suspects = ranked_suspects(clues, kExited);
  text += "log " + shown + ": " + counted(clues.size(), "clue") +
          (suspects.empty() ? "; none speaks for a capability"
                            : "; to try first: " + suspects_text(suspects)) +
          '\n';
  return text + "  a log is a hint; capmin run IMAGE --probe FILE finds out and proves it\n";
}

namespace {

constexpr std::size_t kDigits = 16;

std::string digits(CapabilitySet set) {
  std::array<char, kDigits> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), set.bits(), 16);
  const std::string short_text(text.data(), end);
  return std::string(kDigits - short_text.size(), '0') + short_text;
}

/// The members by their names, and bits without a name by their numbers.
std::string members_text(CapabilitySet set) {
  CapabilitySet known;
  for (const Capability member : set.members()) {
    known = known.with(member);
  }
  const std::uint64_t others = (set - known).bits();
  std::string text = known.empty() && others != 0 ? "" : to_string(known);
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((others >> bit & 1U) != 0) text += (text.empty() ? "" : " ") + std::to_string(bit);
  }
  return text;
}

std::string comparison(const std::string& label, CapabilitySet has, CapabilitySet wanted,
                       const std::string& what) {
  if (has == wanted) return "  " + label + "is " + what + '\n';
  std::string text;
  if (!(has - wanted).empty()) text += "beyond " + what + ": " + members_text(has - wanted);
  if (!(wanted - has).empty()) {
    text += (text.empty() ? "" : "; ") + std::string("without ") + members_text(wanted - has) +
            (text.empty() ? " of " + what : "");
  }
  return "  " + label + text + '\n';
}

std::string comparisons(const KernelSets& sets, CapabilitySet wanted, const std::string& what) {
  return comparison("bounding   ", sets.bounding, wanted, what) +
         comparison("effective  ", sets.effective, wanted, what);
}

}  // namespace

std::optional<CapabilitySet> mask_named(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.empty() || text.size() > kDigits) return std::nullopt;
  std::uint64_t bits = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, bits, 16);
  if (error != std::errc() || rest != end) return std::nullopt;
  return CapabilitySet::from_bits(bits);
}

std::string mask_text(CapabilitySet mask) {
  std::string text = "0x" + digits(mask) + '=';
  bool first = true;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((mask.bits() >> bit & 1U) == 0) continue;
    text += first ? "" : ",";
    first = false;
    if (bit >= kCapabilityCount) {
      text += std::to_string(bit);
      continue;
    }
    text += "cap_";
    for (const char letter : name_of(static_cast<Capability>(bit))) {
      text += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
  }
  return text + '\n';
}

Error process_not_visible(const std::string& container, int pid, const Engine& engine) {
  return {ExitCode::kEngine,
          "the first process of the container " + container + " (process " + std::to_string(pid) +
              " where the engine runs) is not visible from here",
          "run capmin where the engine runs, in its process namespace; or: " + engine.name() +
              " exec " + container + " grep Cap /proc/1/status, then capmin explain MASK"};
}

std::string sets_text(const std::string& container, int pid, const KernelSets& sets,
                      const Profile* profile) {
  const std::array<std::pair<const char*, CapabilitySet>, 5> rows{{{"CapInh", sets.inheritable},
                                                                   {"CapPrm", sets.permitted},
                                                                   {"CapEff", sets.effective},
                                                                   {"CapBnd", sets.bounding},
                                                                   {"CapAmb", sets.ambient}}};
  std::string text = "container " + sanitize(container) + ", process " + std::to_string(pid) + '\n';
  for (const auto& [name, set] : rows) {
    text += "  " + std::string(name) + "  " + digits(set) + "  " + members_text(set) + '\n';
  }
  text += "beside Docker's default set\n" +
          comparisons(sets, docker_default_set(), "Docker's default set");
  if (profile == nullptr) return text;
  const CapabilitySet conditional = conditional_set(*profile);
  text += "beside the profile of " + sanitize(profile->image.reference) + ", which adds " +
          to_string(profile->add) +
          (conditional.empty() ? "" : ", and in some places " + to_string(conditional)) + '\n';
  const CapabilitySet wanted = profile->add | (conditional & sets.bounding);
  return text + comparisons(sets, wanted, "the profile's set");
}

namespace {

constexpr std::size_t kWidth = 100;
/// Of who needs a capability, and of ways around it, so many are listed.
constexpr std::size_t kListed = 8;
constexpr int kMeasuredServices = 47;

std::string rate_text(double rate) {
  const int percent = static_cast<int>(std::lround(rate * 100));
  const std::string of = " of " + std::to_string(kMeasuredServices) + " measured services and jobs";
  return percent == 0 ? "none" + of + " needed it"
                      : std::to_string(percent) + " %" + of + " needed it";
}

std::string_view access_text(Access access) {
  switch (access) {
    case Access::kGranted:
      return "granted by default";
    case Access::kAddable:
      return "may be added";
    case Access::kRefused:
      return "may not be added";
  }
  return {};
}

/// Texts without repetition in the order in which they came, the first few of them.
class Listed {
 public:
  void add(const std::string& text) {
    if (!text.empty() && seen_.insert(text).second) texts_.push_back(text);
  }
  bool empty() const { return texts_.empty(); }
  void print(const std::string& label, const std::string& more, Columns& columns) const {
    for (std::size_t i = 0; i < std::min(texts_.size(), kListed); ++i) {
      columns.add(i == 0 ? label : "", "", texts_[i]);
    }
    if (texts_.size() > kListed) {
      columns.add("", "", "and " + std::to_string(texts_.size() - kListed) + " more: " + more);
    }
  }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> texts_;
};

}  // namespace

std::string capability_text(Capability capability, const RuleTable& rules) {
  const CapabilityInfo& row = info(capability);
  Columns columns;
  columns.add("permits", "", "to " + std::string(row.permits));
  columns.add("risk", "",
              std::string(name_of(row.risk)) + ": " + std::string(meaning_of(row.risk)));
  columns.add("need", "", rate_text(row.need_rate));
  Listed needs;
  Listed ways;
  for (const Rule* rule : rules_about(capability, rules)) {
    needs.add(rule->id + ": " + rule->reason);
    ways.add(rule->alternative);
  }
  if (needs.empty()) needs.add("no rule suspects it; capabilities(7) names its system calls");
  needs.print("needed", "capmin rules list", columns);
  ways.print("avoid", "capmin explain LOGFILE picks those that fit", columns);
  Listed platforms;
  for (const PlatformAccess& platform : platforms_for(capability)) {
    platforms.add(platform.platform + ": " + std::string(access_text(platform.access)));
  }
  platforms.print("where", "", columns);
  if (row.by_name_only) {
    columns.add("capmin", "",
                "never tries it unless --allow " + std::string(row.name) + " names it");
  } else if (!docker_default_set().contains({capability})) {
    columns.add("capmin", "", "tries it only with --allow " + std::string(row.name));
  } else {
    columns.add("capmin", "", "may try it; --deny " + std::string(row.name) + " forbids that");
  }
  return std::string(row.name) + "  capability " + std::to_string(static_cast<int>(capability)) +
         " of capabilities(7)\n" + columns.to_string(kWidth);
}

namespace {

/// What helps where `subject` is no file that can be read.
std::string hint_for_subject(const std::string& subject) {
  return hint_for(
      subject, CapabilitySet::from_bits(~0ULL).names(),
      "what is no capability of capabilities(7) and no mask is taken for a log; - is standard "
      "input");
}

bool is_mask(const std::string& subject) {
  return !capability_named(subject) && mask_named(subject);
}

std::string subject_text(const std::string& subject, const RuleTable& rules) {
  if (const auto capability = capability_named(subject)) return capability_text(*capability, rules);
  return log_text(subject, read_log(subject, hint_for_subject(subject)), rules);
}

/// The logs, all of which must be some: a capability and a mask are told to people.
std::vector<std::pair<std::string, std::string>> read_logs(
    const std::vector<std::string>& subjects) {
  for (const std::string& subject : subjects) {
    if (!capability_named(subject) && !is_mask(subject)) continue;
    throw Error(ExitCode::kUsage, "--format json is for logs, and '" + subject + "' is none",
                "a file of that name is written ./" + subject);
  }
  std::vector<std::pair<std::string, std::string>> logs;
  for (const std::string& subject : subjects) {
    logs.emplace_back(subject == "-" ? "standard input" : subject,
                      read_log(subject, hint_for_subject(subject)));
  }
  return logs;
}

ExitCode explain_container(const ExplainOptions& options) {
  std::optional<Profile> profile;
  if (!options.profile.empty()) {
    profile = profile_from_yaml(read_file(options.profile), options.profile);
  }
  ProcessRunner runner;
  Engine engine(runner, choose_engine(options.engine, runner).command, options.engine.timeout);
  const std::optional<ContainerFacts> found = engine.find_container(options.container);
  if (!found) {
    throw Error(ExitCode::kUsage, "there is no container " + options.container + " on this engine",
                "see " + engine.name() + " ps");
  }
  const ContainerFacts& facts = *found;
  if (!facts.running) {
    throw Error(ExitCode::kUsage, "the container " + options.container + " does not run",
                "start it: " + engine.name() + " start " + options.container);
  }
  const std::optional<KernelSets> sets = kernel_sets_of_container(facts.id, facts.pid);
  if (!sets) throw process_not_visible(options.container, facts.pid, engine);
  write_standard_output(
      sets_text(options.container, facts.pid, *sets, profile ? &*profile : nullptr));
  const bool has_surplus = profile && !(sets->held() - needed_set(*profile)).empty();
  return has_surplus ? ExitCode::kDifference : ExitCode::kDone;
}

}  // namespace

ExitCode explain_command(const std::vector<std::string>& arguments) {
  const ExplainOptions options = parse_explain_options(arguments);
  if (!options.container.empty()) return explain_container(options);
  std::optional<ChosenRules> rules;
  if (options.json || !options.rules.empty() || !std::ranges::all_of(options.subjects, is_mask)) {
    rules.emplace(chosen_rules(options.rules));
  }
  if (options.json) {
    write_standard_output(logs_json(read_logs(options.subjects), rules->table));
    return ExitCode::kDone;
  }
  bool first = true;
  bool was_mask = false;
  for (const std::string& subject : options.subjects) {
    const bool stands_close = is_mask(subject) && was_mask;
    const std::string text =
        is_mask(subject) ? mask_text(*mask_named(subject)) : subject_text(subject, rules->table);
    // Masks stand one below the other, as a table.
    write_standard_output((first || stands_close ? "" : "\n") + text);
    first = false;
    was_mask = is_mask(subject);
  }
  return ExitCode::kDone;
}

}  // namespace capmin
