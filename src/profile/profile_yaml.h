#pragma once

#include "profile/profile.h"

#include <string>
#include <string_view>

namespace capmin {

/// The profile with its sets, reasons, warnings and attempts in the order in which they are
/// written: by name, by text, by trial number; alternatives by risk.
Profile in_order(Profile profile);

/// The profile as YAML (capmin/v1): the same facts give the same bytes. Keys stand in a fixed
/// order, sets and lists without an order of their own are sorted, every text is double-quoted with
/// what is not printable ASCII escaped, and nothing in it is a command to a CI system.
std::string to_yaml(const Profile& profile);

/// The same document as JSON, indented by two blanks, with a line break at its end.
std::string to_json(const Profile& profile);

/// Reads what to_yaml or to_json wrote. Strict: unknown, missing and duplicate keys, anchors,
/// aliases, tags, wrong types, unknown words, another version, anything beyond YamlLimits are Error
/// kUsage that names `source`, line and column. Texts are as the file has them: not sanitized.
Profile profile_from_yaml(std::string_view text, std::string_view source);

/// The JSON Schema (2020-12) of profiles, as profiles/profile.schema.json has it.
std::string profile_schema();

/// `profile` in the format, YAML or JSON, of the profile that `old_text` is.
std::string in_format_of(std::string_view old_text, const Profile& profile);

}  // namespace capmin
