#include "profile/capability_reader.h"

#include "text/quote.h"

#include <optional>
#include <string>

namespace capmin {

Capability capability_of(const YamlNode& node, const YamlReader& read) {
  const std::string name = read.text(node);
  const std::optional<Capability> capability = capability_named(name);
  // Only the spelling that capmin writes: one capability has one name in a profile.
  if (!capability || name_of(*capability) != name) {
    read.fail(node, "unknown capability " + excerpt(name),
              capability ? "write " + std::string(name_of(*capability))
                         : "capability names are upper case, without CAP_: NET_BIND_SERVICE");
  }
  return *capability;
}

CapabilitySet set_of(const YamlNode& node, const YamlReader& read) {
  CapabilitySet set;
  for (const YamlNode& item : read.items(node)) {
    const Capability capability = capability_of(item, read);
    if (set.contains(capability)) {
      read.fail(item, std::string(name_of(capability)) + " stands here twice");
    }
    set = set.with(capability);
  }
  return set;
}

}  // namespace capmin
