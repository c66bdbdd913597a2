#pragma once

#include "profile/profile_diff.h"

#include <vector>

namespace capmin {

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

}  // namespace capmin
