#pragma once

#include "document/strict_yaml.h"
#include "document/yaml_stream.h"

#include <string>
#include <string_view>

namespace capmin {

/// Values that are made, or changed after they were read.
YamlNode yaml_text(std::string text);
YamlNode yaml_list();
YamlNode yaml_map();

/// The value of `key` in a map; null where it has none.
YamlNode* find(YamlNode& map, std::string_view key);
const YamlNode* find(const YamlNode& map, std::string_view key);
/// Gives `key` a value, in the place of the one that it has or behind all others.
void set(YamlNode& map, const std::string& key, YamlNode value);
void erase(YamlNode& map, std::string_view key);

/// `tree`, a document of `text`, as if each alias were what it stands for. Throws Error kUsage with
/// the place in `source` for a key that is no text, an alias inside of what it stands for, and
/// where aliases make more than 200,000 values of it.
YamlNode resolved(const YamlTree& tree, std::string_view text, std::string_view source);

/// The map as YAML, an entry to a line. A plain scalar stays plain, and so has the type that it
/// had.
std::string to_yaml(const YamlNode& map);

}  // namespace capmin
