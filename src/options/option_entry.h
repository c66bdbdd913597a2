#pragma once

#include "document/strict_yaml.h"
#include "options/option_table.h"

#include <string>
#include <vector>

namespace capmin {

/// Appends to `arguments` what the entry `NAME: value` of a document stands for on a command line,
/// where `option` is of that name: a flag where it is true, an option with its value, the same for
/// each item of a list. Throws Error kUsage for a value of another kind.
void append_entry(const YamlEntry& entry, const Option& option, const YamlReader& reader,
                  std::vector<std::string>& arguments);

/// The text of an option's value, which is text whatever it looks like (30, 8080:80, ./probe.sh),
/// but for words that are a truth or nothing to some parser of YAML: these are Error kUsage without
/// quotes.
std::string option_text(const YamlNode& node, const YamlReader& reader);

}  // namespace capmin
