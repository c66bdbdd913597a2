#include "report/places.h"

#include "yaml/yaml_reader.h"

namespace capmin {

int Places::of(Capability capability) const {
  const auto found = reasons.find(capability);
  return found == reasons.end() ? set : found->second;
}

Places places_in(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source);
  const YamlReader read(source);
  Places places;
  places.set = read.at(read.at(document, "capabilities"), "add").position.line;
  places.warnings = read.at(document, "warnings").position.line;
  for (const YamlNode& reason : read.items(read.at(document, "reasons"))) {
    const auto name = capability_named(read.text(read.at(reason, "name")));
    if (name) places.reasons.emplace(*name, reason.position.line);
  }
  return places;
}

}  // namespace capmin
