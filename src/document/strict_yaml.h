#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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

/// Takes typed values out of a strictly read document. Every function throws Error kUsage, naming
/// the source, line and column, when the value is of another type.
class YamlReader {
 public:
  /// `source` names the file in errors and must outlive the reader.
  explicit YamlReader(std::string_view source) : source_(source) {}

  [[noreturn]] void fail(const YamlNode& node, const std::string& why,
                         const std::string& hint = {}) const;

  /// `node`, which is a map with no other keys than `keys`.
  const YamlNode& map(const YamlNode& node, const std::vector<std::string>& keys) const;
  /// The value of `key`, which must be there.
  const YamlNode& at(const YamlNode& map, std::string_view key) const;
  /// The value of `key`; null when it is not there.
  const YamlNode* find(const YamlNode& map, std::string_view key) const;
  /// The entries of a map whose keys are data.
  const std::vector<YamlEntry>& entries(const YamlNode& node) const;
  /// The items of a list.
  const std::vector<YamlNode>& items(const YamlNode& node) const;

  /// A quoted text, or a plain one that every YAML parser takes for text.
  std::string text(const YamlNode& node) const;
  /// The text of `key`; empty when the key is not there.
  std::string text_or_empty(const YamlNode& map, std::string_view key) const;
  /// A text that is one of `words`.
  std::string word(const YamlNode& node, std::span<const std::string_view> words) const;
  /// A list of texts.
  std::vector<std::string> texts(const YamlNode& node) const;
  /// A whole number from `least` to `most`.
  int whole_number(const YamlNode& node, int least, int most) const;
  std::int64_t wide_number(const YamlNode& node, std::int64_t least, std::int64_t most) const;
  /// A finite number.
  double real_number(const YamlNode& node) const;
  /// A number that is not negative, such as 14.2.
  double seconds(const YamlNode& node) const;
  /// true or false.
  bool truth(const YamlNode& node) const;

 private:
  [[noreturn]] void wrong_type(const YamlNode& node, const std::string& wanted) const;

  std::string_view source_;
};

}  // namespace capmin
