#include "profile/profile.h"

namespace capmin {

std::string guarantee_word(const Profile& profile) {
  return std::string(word_of(kGuarantees, profile.guarantee));
}

CapabilitySet conditional_set(const Profile& profile) {
  CapabilitySet set;
  for (const Profile::Conditional& conditional : profile.conditional) {
    set = set.with(conditional.name);
  }
  return set;
}

bool is_complete(const Profile& profile) {
  return profile.guarantee.has_value();
}

}  // namespace capmin
