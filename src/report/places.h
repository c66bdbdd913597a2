#pragma once

#include "core/capability.h"

#include <map>
#include <string>
#include <string_view>

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

}  // namespace capmin
