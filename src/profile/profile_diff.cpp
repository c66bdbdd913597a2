#include "profile/profile_diff.h"

#include "document/document.h"
#include "text/markup.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace capmin {
namespace {

class Facts {
 public:
  explicit Facts(std::string section) : section_(std::move(section)) {}

  void compare(const std::string& field, std::string_view before, std::string_view after) {
    if (before == after) return;
    changes_.push_back({section_ + field, std::string(before), std::string(after)});
  }
  void compare(const std::string& field, const std::vector<std::string>& before,
               const std::vector<std::string>& after) {
    compare(field, joined(before), joined(after));
  }
  std::vector<Change> take() { return std::move(changes_); }

 private:
  /// Items are quoted: ["a", "b c"] and ["a b", "c"] are not the same.
  static std::string joined(const std::vector<std::string>& items) {
    std::string result;
    for (const std::string& item : items) {
      if (!result.empty()) result += ' ';
      result += quote(item, QuoteFormat::kYaml);
    }
    return result;
  }

  std::string section_;
  std::vector<Change> changes_;
};

void append(std::vector<Change>& changes, std::vector<Change> more) {
  std::ranges::move(more, std::back_inserter(changes));
}

std::vector<Change> image_changes(const Profile::Image& before, const Profile::Image& after) {
  Facts facts("image.");
  facts.compare("reference", before.reference, after.reference);
  facts.compare("digest", before.digest, after.digest);
  facts.compare("id", before.id, after.id);
  facts.compare("platform", before.platform, after.platform);
  facts.compare("user", before.user, after.user);
  return facts.take();
}

std::string truth(bool value) {
  return value ? "true" : "false";
}

std::vector<Change> probe_changes(const Profile::Probe& before, const Profile::Probe& after) {
  Facts facts("probe.");
  facts.compare("kind", name_of(before.kind), name_of(after.kind));
  facts.compare("path", before.path, after.path);
  facts.compare("sha256", before.sha256, after.sha256);
  facts.compare("check", before.check, after.check);
  facts.compare("expect", before.expect, after.expect);
  facts.compare("expect_status", std::to_string(before.expect_status),
                std::to_string(after.expect_status));
  facts.compare("insecure", truth(before.insecure), truth(after.insecure));
  facts.compare("scenario", before.scenario, after.scenario);
  return facts.take();
}

std::vector<Change> reset_changes(const Profile::Reset& before, const Profile::Reset& after) {
  Facts facts("reset.");
  facts.compare("path", before.path, after.path);
  facts.compare("sha256", before.sha256, after.sha256);
  return facts.take();
}

template <typename Map>
std::string value_at(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

std::vector<Change> environment_changes(const Profile::Environment& before,
                                        const Profile::Environment& after) {
  Facts facts("environment.");
  facts.compare("engine", name_of(before.engine), name_of(after.engine));
  facts.compare("version", before.version, after.version);
  facts.compare("runtime", before.runtime, after.runtime);
  facts.compare("kernel", before.kernel, after.kernel);
  facts.compare("seccomp", before.seccomp, after.seccomp);
  facts.compare("rootless", truth(before.rootless), truth(after.rootless));
  // Profiles of before it was recorded do not say.
  if (before.userns_remap && after.userns_remap) {
    facts.compare("userns_remap", truth(*before.userns_remap), truth(*after.userns_remap));
  }
  facts.compare("network", before.network, after.network);
  facts.compare("ports", name_of(before.ports), name_of(after.ports));
  std::map<std::string, std::string> sysctls = before.sysctls;
  sysctls.insert(after.sysctls.begin(), after.sysctls.end());
  for (const auto& [name, value] : sysctls) {
    facts.compare("sysctls." + name, value_at(before.sysctls, name), value_at(after.sysctls, name));
  }
  facts.compare("options", before.options, after.options);
  facts.compare("command", before.command, after.command);
  facts.compare("altered", before.altered, after.altered);
  return facts.take();
}

/// Nothing where one of the two is of before the section was written.
std::vector<Change> judgement_changes(const std::optional<Profile::Judgement>& before,
                                      const std::optional<Profile::Judgement>& after) {
  if (!before || !after) return {};
  Facts facts("judgement.");
  facts.compare("ceiling", to_string(before->ceiling), to_string(after->ceiling));
  facts.compare("level", name_of(before->level), name_of(after->level));
  facts.compare("confirm", std::to_string(before->confirm), std::to_string(after->confirm));
  facts.compare("strict", truth(before->strict), truth(after->strict));
  facts.compare("timeout", before->timeout, after->timeout);
  facts.compare("settle", before->settle, after->settle);
  return facts.take();
}

/// The conditions of each capability; several are joined in the order of the alphabet.
std::map<std::string, std::string> conditions_of(const Profile& profile) {
  std::set<std::pair<std::string, std::string>> sorted;
  for (const Profile::Conditional& conditional : profile.conditional) {
    sorted.emplace(name_of(conditional.name), conditional.when);
  }
  std::map<std::string, std::string> result;
  for (const auto& [name, when] : sorted) {
    std::string& all = result[name];
    all += (all.empty() ? "" : "; ") + when;
  }
  return result;
}

std::vector<Change> condition_changes(const Profile& before, const Profile& after) {
  const auto old_conditions = conditions_of(before);
  const auto new_conditions = conditions_of(after);
  Facts facts("");
  for (const CapabilityInfo& row : all_capabilities()) {
    const std::string name(row.name);
    facts.compare(name, value_at(old_conditions, name), value_at(new_conditions, name));
  }
  return facts.take();
}

/// True when `after` has more members in the worst tier in which the two differ in number.
bool reaches_more(CapabilitySet before, CapabilitySet after) {
  for (const Risk risk : {Risk::kHigh, Risk::kMedium, Risk::kLow}) {
    const auto in_tier = [risk](CapabilitySet set) {
      return std::ranges::count(set.members(), risk, [](Capability c) { return info(c).risk; });
    };
    if (in_tier(before) != in_tier(after)) return in_tier(after) > in_tier(before);
  }
  return false;
}

/// Whether low ports and ping were open to everyone in all trials: Docker's own settings, which the
/// host's network does not have.
bool had_open_ports(const Profile::Environment& environment) {
  return environment.ports == Ports::kEngine && environment.engine == Dialect::kDocker &&
         environment.network != "host" && !environment.network.starts_with("container:");
}

/// Whether `after` reaches more where both sets hold. What was proven with open ports alone tells
/// nothing of the need elsewhere, which a portable profile names as conditional.
bool is_riskier(const Profile& before, const Profile& after) {
  const bool was_open = had_open_ports(before.environment);
  const bool is_open = had_open_ports(after.environment);
  if (was_open != is_open) {
    // The engine's own settings in which ports are privileged do not tell what they are to blame
    // for.
    const Profile::Environment& closed = was_open ? after.environment : before.environment;
    const CapabilitySet untold =
        closed.ports == Ports::kPortable
            ? CapabilitySet{}
            : CapabilitySet{Capability::kNetBindService, Capability::kNetRaw};
    return reaches_more(before.add - untold, after.add - untold);
  }
  if (before.environment.ports != after.environment.ports || before.add == after.add) {
    return reaches_more(before.add | conditional_set(before), after.add | conditional_set(after));
  }
  return reaches_more(before.add, after.add);
}

}  // namespace

bool ProfileDiff::empty() const {
  return added.empty() && removed.empty() && conditions.empty() && facts.empty();
}

ProfileDiff diff(const Profile& before, const Profile& after) {
  ProfileDiff result;
  result.added = after.add - before.add;
  result.removed = before.add - after.add;
  result.conditions = condition_changes(before, after);
  append(result.facts, image_changes(before.image, after.image));
  Facts proof("proof.");
  proof.compare("guarantee", guarantee_word(before), guarantee_word(after));
  append(result.facts, proof.take());
  append(result.facts, probe_changes(before.probe, after.probe));
  append(result.facts, reset_changes(before.reset, after.reset));
  append(result.facts, environment_changes(before.environment, after.environment));
  append(result.facts, judgement_changes(before.judgement, after.judgement));
  result.riskier = is_riskier(before, after);
  return result;
}

namespace {

/// The engine's class is what decides on capabilities: which engine, whether it has root, what
/// its filter of system calls lets through, whether root inside is root outside. Its version is
/// none of it.
constexpr std::array<std::string_view, 18> kStale{
    "image.user",           "image.platform",      "probe.kind",
    "probe.sha256",         "probe.check",         "probe.expect",
    "probe.expect_status",  "probe.insecure",      "probe.scenario",
    "reset.sha256",         "environment.engine",  "environment.seccomp",
    "environment.rootless", "environment.network", "environment.ports",
    "environment.options",  "environment.command", "environment.userns_remap"};

bool is_stale(std::string_view field) {
  return std::ranges::find(kStale, field) != kStale.end() ||
         field.starts_with("environment.sysctls.");
}

}  // namespace

Drift drift_of(const ProfileDiff& diff) {
  Drift drift;
  for (const Change& change : diff.facts) {
    if (is_stale(change.field)) {
      drift.stale.push_back(change);
    } else if (change.field.starts_with("image.")) {
      drift.image.push_back(change);
      drift.is_new_image = drift.is_new_image || change.field == "image.id";
    } else {
      drift.notes.push_back(change);
    }
  }
  return drift;
}

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
