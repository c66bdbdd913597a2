#include "profile/profile_yaml.h"

#include "profile/document.h"

namespace capmin {

std::string to_yaml(const Profile& profile) {
  return "# yaml-language-server: $schema=profile.schema.json\n" + emit_yaml(document_of(profile));
}

std::string to_json(const Profile& profile) {
  return emit_json(document_of(profile));
}

std::string in_format_of(std::string_view old_text, const Profile& profile) {
  const bool is_json = old_text.find_first_not_of(" \t\r\n") == old_text.find('{');
  return is_json ? to_json(profile) : to_yaml(profile);
}

}  // namespace capmin
