#pragma once

#include "core/capability_set.h"

#include <string>
#include <vector>

namespace capmin {

/// Suspects on one line, best first: "NET_RAW, NET_ADMIN+NET_RAW"; "(captured)" for the empty set,
/// which stands in a rule for the capability that a line names; "(none)" for none.
std::string suspects_text(const std::vector<CapabilitySet>& suspects);

}  // namespace capmin
