#pragma once

#include "profile/profile.h"
#include "text/markup.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// The search as rows of trials and columns of capabilities.
struct TrialTable {
  struct Row {
    int trial = 0;
    std::string purpose;  ///< that of a step in a word, or another word for what the proof tells
    CapabilitySet grant;
    std::optional<Capability> without;  ///< the member that was left out to see the probe fail
    Verdict verdict = Verdict::kUndecided;
    int times = 1;
    std::string ending;  ///< in words, where the profile tells it; untrusted
  };
  struct Group {
    std::string title;
    std::vector<Row> rows;
  };
  /// The set, then what is needed under conditions, then all else that was granted; each by name.
  std::vector<Capability> columns;
  CapabilitySet needed;  ///< the set, with what is needed under conditions
  CapabilitySet widest;  ///< the union of all grants
  std::vector<Group> groups;
  std::string caption;  ///< what the rows are, and which trials are not among them
};

/// The trials that the profile tells of: the proof set apart from the search around it.
TrialTable trial_table(const Profile& profile);

/// A grant in words: "nothing", "all 14", "all 14 but CHOWN", or its members.
std::string grant_text(CapabilitySet grant, CapabilitySet widest);

/// The trials as a picture: rows of trials, columns of capabilities, granted cells filled in the
/// colour of the verdict, which a mark and a word tell as well. Its colours are those of
/// report_style(). Ids of its elements begin with `id`.
Markup trial_svg(const TrialTable& table, const std::string& id);

/// How many columns fit on a phone without a picture that is too small to read.
inline constexpr std::size_t kNarrowColumns = 16;

}  // namespace capmin
