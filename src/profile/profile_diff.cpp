#include "profile/profile_diff.h"

#include "text/quote.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace capmin {
namespace {

class Facts {
 public:
  explicit Facts(std::string section) : section_(std::move(section)) {}

  void compare(const std::string& field, const std::string& before, const std::string& after) {
    if (before != after) changes_.push_back({section_ + field, before, after});
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

std::vector<Change> probe_changes(const Profile::Probe& before, const Profile::Probe& after) {
  Facts facts("probe.");
  facts.compare("kind", before.kind, after.kind);
  facts.compare("path", before.path, after.path);
  facts.compare("sha256", before.sha256, after.sha256);
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

std::string truth(bool value) {
  return value ? "true" : "false";
}

std::vector<Change> environment_changes(const Profile::Environment& before,
                                        const Profile::Environment& after) {
  Facts facts("environment.");
  facts.compare("engine", before.engine, after.engine);
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
  facts.compare("ports", before.ports, after.ports);
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
  facts.compare("level", before->level, after->level);
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

CapabilitySet with_conditional(const Profile& profile) {
  CapabilitySet set = profile.add;
  for (const Profile::Conditional& conditional : profile.conditional) {
    set = set.with(conditional.name);
  }
  return set;
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
  return environment.ports == "engine" && environment.engine == "docker" &&
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
        closed.ports == "portable"
            ? CapabilitySet{}
            : CapabilitySet{Capability::kNetBindService, Capability::kNetRaw};
    return reaches_more(before.add - untold, after.add - untold);
  }
  if (before.environment.ports != after.environment.ports || before.add == after.add) {
    return reaches_more(with_conditional(before), with_conditional(after));
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
  proof.compare("guarantee", before.guarantee, after.guarantee);
  append(result.facts, proof.take());
  append(result.facts, probe_changes(before.probe, after.probe));
  append(result.facts, reset_changes(before.reset, after.reset));
  append(result.facts, environment_changes(before.environment, after.environment));
  append(result.facts, judgement_changes(before.judgement, after.judgement));
  result.riskier = is_riskier(before, after);
  return result;
}

}  // namespace capmin
