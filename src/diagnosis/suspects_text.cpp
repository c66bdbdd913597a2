#include "diagnosis/suspects_text.h"

namespace capmin {

std::string suspects_text(const std::vector<CapabilitySet>& suspects) {
  if (suspects.empty()) return "(none)";
  std::string text;
  for (const CapabilitySet set : suspects) {
    text += text.empty() ? "" : ", ";
    if (set.empty()) text += "(captured)";
    bool first = true;
    for (const std::string_view name : set.names()) {
      text += (first ? "" : "+") + std::string(name);
      first = false;
    }
  }
  return text;
}

}  // namespace capmin
