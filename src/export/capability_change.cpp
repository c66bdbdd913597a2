#include "export/capability_change.h"

namespace capmin {
namespace {

std::vector<std::string> texts(CapabilitySet set) {
  std::vector<std::string> result;
  for (const std::string_view name : set.names()) {
    result.emplace_back(name);
  }
  return result;
}

}  // namespace

std::vector<std::string> CapabilityChange::dropped() const {
  return drops_all ? std::vector<std::string>{"ALL"} : texts(drop);
}

std::vector<std::string> CapabilityChange::added() const {
  return texts(add);
}

CapabilityChange change_to(CapabilitySet needed, ExportStyle style, CapabilitySet granted,
                           CapabilitySet sure) {
  if (style == ExportStyle::kDropAll) return {true, {}, needed};
  return {false, granted - needed, needed - sure};
}

}  // namespace capmin
