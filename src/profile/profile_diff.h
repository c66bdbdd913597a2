#pragma once

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

}  // namespace capmin
