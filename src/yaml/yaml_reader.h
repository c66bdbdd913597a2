#pragma once

#include "yaml/strict_yaml.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Takes typed values out of a strictly read document. Every function throws Error kUsage, naming
/// the source, line and column, when the value is of another type.
class YamlReader {
 public:
  /// `source` names the file in errors and must outlive the reader.
  explicit YamlReader(std::string_view source) : source_(source) {}

  [[noreturn]] void fail(const YamlNode& node, const std::string& why,
                         const std::string& hint = {}) const;

  /// `node`, which is a map with no other keys than `keys`.
  const YamlNode& map(const YamlNode& node, std::initializer_list<std::string_view> keys) const;
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
  /// A number that is not negative, such as 14.2.
  double seconds(const YamlNode& node) const;
  /// true or false.
  bool truth(const YamlNode& node) const;

 private:
  [[noreturn]] void wrong_type(const YamlNode& node, const std::string& wanted) const;

  std::string_view source_;
};

}  // namespace capmin
