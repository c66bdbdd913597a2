#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A place in a YAML text; lines and columns count from 1.
struct YamlPosition {
  int line = 1;
  int column = 1;
};

/// A value of a YAML text, without anchors, aliases and tags: capmin's inputs have none.
struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  std::string text;             ///< of a scalar, unquoted
  bool quoted = false;          ///< the scalar stood in quotes or in a block: it is a string
  std::string key;              ///< the name under which a map holds this value, or empty
  YamlPosition key_at;          ///< where that name stands
  YamlPosition at;              ///< where the value stands
  std::vector<YamlNode> items;  ///< of a sequence or a map, in the order of the text
};

/// What a YAML text may cost at most.
struct YamlLimits {
  std::size_t bytes = std::size_t{1} << 20U;
  std::size_t values = 100'000;
  std::size_t depth = 16;
};

/// The value that `text` holds. Throws Error kUsage ("SOURCE:LINE:COLUMN: ...") for invalid YAML,
/// anchors, aliases, tags, duplicate keys, keys that are not plain words, more than one document,
/// control characters, and whatever is beyond `limits`. An empty text is a null.
YamlNode parse_strict_yaml(std::string_view text, std::string_view source,
                           const YamlLimits& limits = {});

}  // namespace capmin
