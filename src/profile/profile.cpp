#include "profile/profile.h"

namespace capmin {

std::string guarantee_word(const Profile& profile) {
  return std::string(word_of(kGuarantees, profile.guarantee));
}

bool is_complete(const Profile& profile) {
  return profile.guarantee.has_value();
}

}  // namespace capmin
