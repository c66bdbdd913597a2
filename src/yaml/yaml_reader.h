#pragma once

#include "yaml/strict_yaml.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The values of one YAML map, asked for by name. Every reader throws Error kUsage with the place
/// in the text when a value has the wrong type.
class YamlMapReader {
 public:
  /// Throws Error kUsage when `node` is not a map or has a key that is not among `known`.
  /// `node` and `source` must outlive the reader.
  YamlMapReader(const YamlNode& node, std::string_view source,
                std::initializer_list<std::string_view> known);

  /// The value called `key`, or null when the map has none.
  const YamlNode* find(std::string_view key) const;
  /// The value called `key`; throws Error kUsage when the map has none.
  const YamlNode& require(std::string_view key) const;

 private:
  const YamlNode& node_;
  std::string_view source_;
};

/// The text of a scalar; anything else is an error.
std::string read_string(const YamlNode& node, std::string_view source);
/// A whole number from `least` to `most`, in decimal digits and without quotes.
long long read_integer(const YamlNode& node, std::string_view source, long long least,
                       long long most);
/// true or false, without quotes.
bool read_bool(const YamlNode& node, std::string_view source);
/// A sequence of scalars.
std::vector<std::string> read_strings(const YamlNode& node, std::string_view source);
/// The items of a sequence; anything else is an error.
const std::vector<YamlNode>& read_sequence(const YamlNode& node, std::string_view source);

}  // namespace capmin
