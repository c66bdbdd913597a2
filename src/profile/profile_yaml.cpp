#include "profile/profile_yaml.h"

#include "profile/document.h"

namespace capmin {

std::string to_yaml(const Profile& profile) {
  return "# yaml-language-server: $schema=profile.schema.json\n" + emit_yaml(document_of(profile));
}

std::string to_json(const Profile& profile) {
  return emit_json(document_of(profile));
}

}  // namespace capmin
