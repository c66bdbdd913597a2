#pragma once

#include "profile/profile.h"

#include <string>
#include <string_view>

namespace capmin {

/// The profile as YAML (capmin/v1): the same facts give the same bytes. Keys stand in a fixed
/// order, sets are sorted, every text is double-quoted with what is not printable ASCII escaped.
std::string to_yaml(const Profile& profile);

/// The same document as JSON, indented by two blanks, with a line break at its end.
std::string to_json(const Profile& profile);

/// Reads what to_yaml wrote (JSON is YAML too). Strict: unknown and duplicate keys, anchors, tags,
/// wrong types, another version are Error kUsage that names `source`, line and column.
Profile profile_from_yaml(std::string_view text, std::string_view source);

}  // namespace capmin
