#include "options/option_entry.h"

#include "core/container_options.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace capmin {
namespace {

constexpr std::array<std::string_view, 10> kNoTexts{"true", "false", "yes", "no",   "on",
                                                    "off",  "y",     "n",   "null", "~"};

std::string lower_case(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

}  // namespace

void append_entry(const YamlEntry& entry, const Option& option, const YamlReader& reader,
                  std::vector<std::string>& arguments) {
  const std::string name = "--" + entry.key;
  if (option.value.name.empty()) {
    if (reader.truth(entry.value)) arguments.push_back(name);
  } else if (entry.value.kind == YamlNode::Kind::kList) {
    for (const YamlNode& item : entry.value.items) {
      append_option(name, option_text(item, reader), arguments);
    }
  } else {
    append_option(name, option_text(entry.value, reader), arguments);
  }
}

std::string option_text(const YamlNode& node, const YamlReader& reader) {
  const bool is_text = node.kind == YamlNode::Kind::kPlain && !node.text.empty() &&
                       std::ranges::find(kNoTexts, lower_case(node.text)) == kNoTexts.end();
  return is_text ? node.text : reader.text(node);
}

}  // namespace capmin
