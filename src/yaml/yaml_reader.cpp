#include "yaml/yaml_reader.h"

#include "text/quote.h"
#include "yaml/plain_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace capmin {
namespace {

template <typename Words>
std::string list_of(const Words& words) {
  std::string result;
  for (const std::string_view word : words) {
    if (!result.empty()) result += ", ";
    result += word;
  }
  return result;
}

std::string kind_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kPlain:
      return node.text.empty() ? "nothing" : node.text.substr(0, 40);
    case YamlNode::Kind::kQuoted:
      return "the text " + excerpt(node.text);
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return {};
}

/// The whole of `text` as a number.
template <typename Number, typename... Format>
bool parse_number(std::string_view text, Number& number, Format... format) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, format...);
  return result.ec == std::errc{} && result.ptr == end;
}

}  // namespace

void YamlReader::fail(const YamlNode& node, const std::string& why, const std::string& hint) const {
  fail_at(source_, node.position, why, hint);
}

void YamlReader::wrong_type(const YamlNode& node, const std::string& wanted) const {
  const bool needs_quotes = wanted == "text" && node.kind == YamlNode::Kind::kPlain;
  fail(node, "expected " + wanted + ", found " + shown(kind_of(node)),
       needs_quotes ? "put texts in double quotes" : "");
}

const YamlNode& YamlReader::map(const YamlNode& node,
                                std::initializer_list<std::string_view> keys) const {
  for (const YamlEntry& entry : entries(node)) {
    if (std::ranges::find(keys, entry.key) == keys.end()) {
      fail_at(source_, entry.position, "unknown key " + excerpt(entry.key),
              "the keys here are " + list_of(keys));
    }
  }
  return node;
}

const YamlNode& YamlReader::at(const YamlNode& map, std::string_view key) const {
  const YamlNode* const value = find(map, key);
  if (value == nullptr) fail(map, "the key \"" + std::string(key) + "\" is missing");
  return *value;
}

const YamlNode* YamlReader::find(const YamlNode& map, std::string_view key) const {
  const auto entry = std::ranges::find(map.entries, key, &YamlEntry::key);
  return entry == map.entries.end() ? nullptr : &entry->value;
}

const std::vector<YamlEntry>& YamlReader::entries(const YamlNode& node) const {
  if (node.kind != YamlNode::Kind::kMap) wrong_type(node, "a map");
  return node.entries;
}

const std::vector<YamlNode>& YamlReader::items(const YamlNode& node) const {
  if (node.kind != YamlNode::Kind::kList) wrong_type(node, "a list");
  return node.items;
}

std::string YamlReader::text(const YamlNode& node) const {
  const bool plain = node.kind == YamlNode::Kind::kPlain && is_string(node.text);
  if (node.kind != YamlNode::Kind::kQuoted && !plain) wrong_type(node, "text");
  return node.text;
}

std::string YamlReader::text_or_empty(const YamlNode& map, std::string_view key) const {
  const YamlNode* const value = find(map, key);
  return value == nullptr ? std::string() : text(*value);
}

std::string YamlReader::word(const YamlNode& node, std::span<const std::string_view> words) const {
  std::string value = text(node);
  if (std::ranges::find(words, value) == words.end()) {
    fail(node, "unknown word " + excerpt(value), "the words here are " + list_of(words));
  }
  return value;
}

std::vector<std::string> YamlReader::texts(const YamlNode& node) const {
  std::vector<std::string> result;
  for (const YamlNode& item : items(node)) {
    result.push_back(text(item));
  }
  return result;
}

int YamlReader::whole_number(const YamlNode& node, int least, int most) const {
  int number = 0;
  if (node.kind != YamlNode::Kind::kPlain || !parse_number(node.text, number) || number < least ||
      number > most) {
    wrong_type(node,
               "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

double YamlReader::seconds(const YamlNode& node) const {
  double number = 0;
  if (node.kind != YamlNode::Kind::kPlain ||
      !parse_number(node.text, number, std::chars_format::fixed) || !std::isfinite(number) ||
      number < 0) {
    wrong_type(node, "a number of seconds such as 14.2");
  }
  return number;
}

bool YamlReader::truth(const YamlNode& node) const {
  const bool plain = node.kind == YamlNode::Kind::kPlain;
  if (!plain || (node.text != "true" && node.text != "false")) wrong_type(node, "true or false");
  return node.text == "true";
}

}  // namespace capmin
