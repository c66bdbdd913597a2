#pragma once

#include "document/document.h"
#include "profile/profile.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// One fact that two profiles tell differently; an empty text is a fact that one of them lacks.
struct Change {
  std::string field;  ///< as the profile's document names it: "image.digest"
  std::string before;
  std::string after;
  friend bool operator==(const Change&, const Change&) = default;
};

/// What became different from one profile to another.
struct ProfileDiff {
  CapabilitySet added;
  CapabilitySet removed;
  std::vector<Change> conditions;  ///< the field is the capability's name
  std::vector<Change> facts;       ///< of image, guarantee, probe, environment and judgement
  /// The new set reaches more: more members in the worst tier in which the sets differ. With equal
  /// sets the conditional capabilities are compared. Where one profile was found with low ports and
  /// ping open to everyone and the other was not, what both tell of counts: the sets without them.
  bool riskier = false;

  bool empty() const;
};

/// Compares two profiles. Left out is what differs from run to run without a meaning: trial
/// numbers, evidence, the search, times, the deadline of trials, and the section run.
ProfileDiff diff(const Profile& before, const Profile& after);

/// What became different between a profile and what it is about, sorted by what follows.
struct Drift {
  /// Of the probe, the user, the engine's class or the options: what was proven is not what runs.
  std::vector<Change> stale;
  std::vector<Change> image;  ///< of the image, but for its user and platform
  std::vector<Change> notes;  ///< the rest, versions for instance: good to know
  bool is_new_image = false;  ///< it has another id

  bool empty() const { return stale.empty() && image.empty() && notes.empty(); }
};

/// Sorts the facts of `diff`, from the profile to what there is now.
Drift drift_of(const ProfileDiff& diff);

/// The difference for a terminal: a line for each change and a last one on the risk; says so when
/// there is none.
std::string to_text(const ProfileDiff& diff);

/// The difference as JSON: added and removed (each with name and risk), conditions and facts (each
/// with field, before and after), riskier.
std::string to_json(const ProfileDiff& diff);

/// The difference as two Markdown tables under a sentence on the risk.
std::string to_markdown(const ProfileDiff& diff);

/// The changes for programs: a list of field, before and after.
DocumentNode change_nodes(const std::vector<Change>& changes);

}  // namespace capmin
