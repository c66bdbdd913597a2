#pragma once

#include "core/capability.h"
#include "diagnosis/rule_table.h"
#include "profile/profile.h"
#include "profile/profile_diff.h"
#include "report/trial_table.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Lines of a profile's file, counted from 1, to which annotations point.
struct Places {
  int set = 1;  ///< of the list of capabilities to add
  int warnings = 1;
  std::map<Capability, int> reasons;  ///< where the reason for each capability begins

  /// The line that says most about `capability`.
  int of(Capability capability) const;
};

/// Finds them in the text of a profile that profile_from_yaml has read.
Places places_in(std::string_view text, std::string_view source);

/// What the trials did not exercise, as far as the profile tells: a sentence for each, with the
/// option that would have. The answer holds for the rest only.
std::vector<std::string> gaps_of(const Profile& profile);

/// A command line to repeat the search with.
struct Reproduction {
  /// On one line, fit for a shell: every argument is quoted. Empty where the profile's options are
  /// no container's; the notes say so.
  std::string command;
  std::vector<std::string> notes;  ///< what the profile does not tell and a person has to add
};

/// The command that makes the profile again, as far as the profile tells.
Reproduction reproduction_of(const Profile& profile);

/// One capability of a report: what it permits, and why it is needed.
struct ReportMember {
  Capability name{};
  std::string condition;  ///< "only where ..."; empty for a member that is needed everywhere
  std::string rule;       ///< id; untrusted, as are line and advice
  std::string line;       ///< what the failing trial printed
  std::string advice;     ///< how to avoid the need here
  std::vector<std::string> checks;  ///< what the kernel was asked, check_texts(); untrusted
  std::string rule_reason;  ///< why such a line speaks for the capability; empty where not known
  std::vector<std::string> ways;               ///< how others avoid the need, if there is no advice
  std::optional<Profile::Attempt> without_it;  ///< the trial without it, which failed
};

/// What a platform makes of the set and of what is needed under conditions.
struct ReportPlatform {
  std::string name;
  CapabilitySet granted;  ///< unasked
  CapabilitySet addable;
  CapabilitySet refused;
};

/// The difference to an earlier profile.
struct ReportChange {
  std::string path;  ///< of the earlier profile; untrusted
  ProfileDiff diff;
};

/// What a reviewer needs to know of one profile, the same for all formats. Texts that come from the
/// profile or the command line are untrusted and unescaped: escaping belongs to the formats.
struct Report {
  std::string path;  ///< of the profile
  Profile profile;   ///< in_order()
  Places places;
  std::string verdict;     ///< needs_text()
  std::string guarantee;   ///< what the proof promises, a sentence; untrusted: it may quote
  Risk risk = Risk::kLow;  ///< the worst of the members; without members low
  std::vector<ReportMember> members;  ///< of the set, then those under conditions
  CapabilitySet dropped;              ///< of Docker's default set what is needed nowhere
  std::string pod_security;           ///< half a sentence
  std::vector<ReportPlatform> platforms;
  std::vector<std::string> gaps;  ///< what was not exercised
  TrialTable trials;
  Reproduction reproduction;
  std::optional<ReportChange> change;
};

/// A profile and what is known of its file.
struct ReportSource {
  std::string path;
  Profile profile;
  Places places;
};

/// Makes the report of a profile. Rules whose ids it names are explained where `rules` has them.
Report report_of(const ReportSource& source, const RuleTable& rules);

/// The words "risk: meaning" for people: "medium: escapes isolation in part, ...".
std::string risk_text(Risk risk);

/// A fact about where the proof holds; the value is untrusted.
struct EnvironmentFact {
  std::string name;
  std::string value;
};

/// Image, probe, engine and the rest of what the proof was seen under, in words for people.
std::vector<EnvironmentFact> environment_facts(const Report& report);

/// One remark on a line of a profile, for tools that show remarks beside lines.
struct Finding {
  enum class Level { kNote, kWarning, kError };
  Level level = Level::kNote;
  std::string id;  ///< a capability's name, or "verdict", "warning" or "riskier"
  int line = 1;
  std::string title;  ///< short; untrusted, as is the text
  std::string text;   ///< one line
};

/// The remarks of a report: the verdict, each capability (low risk: a note, medium: a warning,
/// high: an error), each warning, and that the set has become riskier.
std::vector<Finding> findings_of(const Report& report);

}  // namespace capmin
