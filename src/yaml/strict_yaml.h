#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A place in a file, counted from 1; the column counts bytes.
struct YamlPosition {
  int line = 1;
  int column = 1;
  friend bool operator==(const YamlPosition&, const YamlPosition&) = default;
};

struct YamlEntry;

/// One value of a strictly read document. Scalars keep their text and whether it was quoted: what
/// type a plain scalar has is for the reader of the document to say.
struct YamlNode {
  enum class Kind {
    kPlain,   ///< an unquoted scalar; with empty text where there is no value, or null, or ~
    kQuoted,  ///< a quoted or block scalar: always text
    kList,
    kMap,
  };
  Kind kind = Kind::kPlain;
  std::string text;                ///< of a scalar
  std::vector<YamlNode> items;     ///< of a list
  std::vector<YamlEntry> entries;  ///< of a map, in the order of the file; no key stands twice
  YamlPosition position;
};

struct YamlEntry {
  std::string key;
  YamlPosition position;  ///< of the key
  YamlNode value;
};

/// What a document may cost. The defaults keep the memory of reading any file below 64 MiB.
struct YamlLimits {
  std::size_t bytes = std::size_t{1} << 20U;
  int depth = 32;       ///< of lists and maps inside each other
  int values = 50'000;  ///< scalars, lists, maps and keys
};

/// Reads one YAML document of the plain kind: one document, UTF-8 without a byte order mark or
/// control characters, no anchors, aliases, tags or merge keys, only scalars as keys, no key twice,
/// nothing beyond `limits`. Everything else is Error kUsage that names `source`, line and column.
YamlNode parse_strict_yaml(std::string_view text, std::string_view source,
                           const YamlLimits& limits = {});

/// Throws Error kUsage: "SOURCE:LINE:COLUMN: why".
[[noreturn]] void fail_at(std::string_view source, YamlPosition position, const std::string& why,
                          const std::string& hint = {});

}  // namespace capmin
