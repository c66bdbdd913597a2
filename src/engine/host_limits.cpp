#include "engine/host_limits.h"

#include "engine/kernel_sets.h"
#include "engine/proc_text.h"

#include <fstream>

namespace capmin {

CapabilitySet kernel_capabilities() {
  CapabilitySet set;
  int last = static_cast<int>(kCapabilityCount) - 1;
  std::ifstream("/proc/sys/kernel/cap_last_cap") >> last;
  for (const CapabilityInfo& row : all_capabilities()) {
    if (static_cast<int>(row.capability) <= last) set = set.with(row.capability);
  }
  return set;
}

CapabilitySet host_bounding_set() {
  const CapabilitySet set = kernel_capabilities();
  const auto first = parse_kernel_sets(proc_text(1, "status"));
  return first ? set & first->bounding : set;
}

bool is_local_host(const std::string& host) {
  return host.empty() || host.starts_with("unix://");
}

}  // namespace capmin
