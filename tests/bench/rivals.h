#pragma once

#include "core/capability.h"

#include <functional>

namespace capmin {

/// Whether a grant passes.
using Predicate = std::function<bool(CapabilitySet)>;

/// Other ways to a minimal set, for comparison. Each asks for the ceiling first, returns a minimal
/// set and has asked for it without each of its members. They ask a monotone predicate.
CapabilitySet add_blindly(CapabilitySet ceiling, const Predicate& passes);
CapabilitySet remove_one_by_one(CapabilitySet ceiling, const Predicate& passes);
CapabilitySet ddmin(CapabilitySet ceiling, const Predicate& passes);
CapabilitySet quick_xplain(CapabilitySet ceiling, const Predicate& passes);

}  // namespace capmin
