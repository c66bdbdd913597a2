#include "yaml/yaml_reader.h"

#include "yaml/yaml_error.h"

#include <algorithm>
#include <charconv>

namespace capmin {
namespace {

std::string_view name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "a single value";
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "nothing";
}

void require_kind(const YamlNode& node, std::string_view source, YamlNode::Kind kind) {
  if (node.kind != kind) {
    const std::string where = node.key.empty() ? "" : "\"" + node.key + "\" ";
    throw_yaml_error(source, node.at,
                     where + "must be " + std::string(name_of(kind)) + ", not " +
                         std::string(name_of(node.kind)));
  }
}

}  // namespace

YamlMapReader::YamlMapReader(const YamlNode& node, std::string_view source,
                             std::initializer_list<std::string_view> known)
    : node_(node), source_(source) {
  require_kind(node, source, YamlNode::Kind::kMap);
  for (const YamlNode& item : node.items) {
    if (std::ranges::find(known, item.key) == known.end()) {
      std::string names;
      for (const std::string_view name : known) {
        names += (names.empty() ? "" : ", ") + std::string(name);
      }
      throw_yaml_error(source, item.key_at, "unknown key \"" + item.key + "\"",
                       "the keys here are " + names);
    }
  }
}

const YamlNode* YamlMapReader::find(std::string_view key) const {
  const auto found = std::ranges::find(node_.items, key, &YamlNode::key);
  return found == node_.items.end() ? nullptr : &*found;
}

const YamlNode& YamlMapReader::require(std::string_view key) const {
  const YamlNode* found = find(key);
  if (found == nullptr) {
    throw_yaml_error(source_, node_.at, "the key \"" + std::string(key) + "\" is missing");
  }
  return *found;
}

std::string read_string(const YamlNode& node, std::string_view source) {
  require_kind(node, source, YamlNode::Kind::kScalar);
  return node.text;
}

long long read_integer(const YamlNode& node, std::string_view source, long long least,
                       long long most) {
  require_kind(node, source, YamlNode::Kind::kScalar);
  long long value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value);
  if (node.quoted || error != std::errc{} || stop != end || value < least || value > most) {
    throw_yaml_error(source, node.at,
                     "\"" + node.text + "\" is not a whole number from " + std::to_string(least) +
                         " to " + std::to_string(most));
  }
  return value;
}

bool read_bool(const YamlNode& node, std::string_view source) {
  require_kind(node, source, YamlNode::Kind::kScalar);
  if (node.quoted || (node.text != "true" && node.text != "false")) {
    throw_yaml_error(source, node.at, "\"" + node.text + "\" is neither true nor false");
  }
  return node.text == "true";
}

std::vector<std::string> read_strings(const YamlNode& node, std::string_view source) {
  std::vector<std::string> texts;
  for (const YamlNode& item : read_sequence(node, source)) {
    texts.push_back(read_string(item, source));
  }
  return texts;
}

const std::vector<YamlNode>& read_sequence(const YamlNode& node, std::string_view source) {
  require_kind(node, source, YamlNode::Kind::kSequence);
  return node.items;
}

}  // namespace capmin
