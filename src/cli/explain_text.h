#pragma once

#include "core/capability_set.h"
#include "diagnosis/rule_table.h"
#include "engine/kernel_sets.h"
#include "profile/profile.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// What the rules make of a log: each clue with its line, then a summary. `name` is the log's.
std::string log_text(const std::string& name, std::string_view log, const RuleTable& rules);

/// The same for programs, in one JSON document: of each of `logs`, pairs of a name and what it
/// holds, the clues in their order and the suspects in the order in which to try them. The README
/// names its keys.
std::string logs_json(const std::vector<std::pair<std::string, std::string>>& logs,
                      const RuleTable& rules);

/// All that is known of a capability; who needs it and how to avoid that is read off the rules.
std::string capability_text(Capability capability, const RuleTable& rules);

/// The word in `text`, 1 to 16 hexadecimal digits with or without 0x; nothing for other texts.
std::optional<CapabilitySet> mask_named(std::string_view text);

/// The members as capsh --decode prints them: "0x00000000a80425fb=cap_chown,...", in the order of
/// their bit numbers; a bit that no known capability has is its number.
std::string mask_text(CapabilitySet mask);

/// The sets of a container's first process, and how its bounding and effective sets differ from
/// Docker's default set and from what `profile` adds.
std::string sets_text(const std::string& container, int pid, const KernelSets& sets,
                      const Profile* profile);

}  // namespace capmin
