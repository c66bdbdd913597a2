#pragma once

#include "document/strict_yaml.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Checks what can be seen before parsing: size, encoding, control characters, and the number of
/// characters that make a parser remember something. Error kUsage as parse_strict_yaml.
void check_yaml_bytes(std::string_view text, std::string_view source, const YamlLimits& limits);

/// One value of a YAML file that is somebody else's, with everything that YAML has: anchors,
/// aliases, tags, complex keys, keys that stand twice.
struct YamlTree {
  enum class Kind { kNull, kScalar, kList, kMap, kAlias };
  Kind kind = Kind::kNull;
  bool flow = false;            ///< a list or map written with brackets
  std::size_t anchor = 0;       ///< its number within the document; of an alias: whose; 0 for none
  std::string tag;              ///< as the parser names it: "?" plain, "!" quoted
  std::string text;             ///< of a scalar
  std::vector<YamlTree> items;  ///< of a list; of a map: key, value, key, value, ...
  /// Where it begins in the file, in bytes; of nothing (kNull) where the next token begins.
  std::size_t offset = 0;

  /// The number of entries of a map.
  std::size_t entries() const { return items.size() / 2; }
  const YamlTree& key(std::size_t entry) const { return items[2 * entry]; }
  const YamlTree& value(std::size_t entry) const { return items[2 * entry + 1]; }
  /// The value of the last entry whose key is the scalar `key`; null where there is none, or where
  /// this is no map.
  const YamlTree* find(std::string_view key) const;
};

/// True where both trees say the same to every YAML reader; where they stand does not count.
bool same_meaning(const YamlTree& a, const YamlTree& b);

/// Reads all documents of a file; text as parse_strict_yaml demands it. Error kUsage with the place
/// for what is not YAML or beyond `limits`.
std::vector<YamlTree> parse_yaml_stream(std::string_view text, std::string_view source,
                                        const YamlLimits& limits = {});

/// The place of the byte `offset` in `text`.
YamlPosition position_at(std::string_view text, std::size_t offset);

}  // namespace capmin
