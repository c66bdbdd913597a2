#include "document/fields.h"

#include "text/spelling.h"

namespace capmin {
namespace {

DocumentMap typed(const char* type) {
  DocumentMap schema;
  schema.set("type", text_node(type));
  return schema;
}

}  // namespace

void AsText::read(const YamlNode& node, const YamlReader& reader, std::string& value) const {
  value = reader.text(node);
  if (is_filled && value.empty()) reader.fail(node, "an empty text");
}

DocumentMap AsText::schema() const {
  DocumentMap schema;
  if (definition != nullptr) {
    schema.set("$ref", {"#/$defs/" + std::string(definition)});
    return schema;
  }
  schema = typed("string");
  if (is_filled) schema.set("minLength", {1});
  return schema;
}

DocumentMap AsWhole::schema() const {
  DocumentMap schema = typed("integer");
  schema.set("minimum", {least});
  if (most != AsWhole{}.most) schema.set("maximum", {most});
  return schema;
}

DocumentMap AsReal::schema() const {
  return typed("number");
}

DocumentMap AsSeconds::schema() const {
  DocumentMap schema = typed("number");
  schema.set("minimum", {0});
  return schema;
}

DocumentMap AsTruth::schema() const {
  return typed("boolean");
}

void AsCapability::read(const YamlNode& node, const YamlReader& reader, Capability& value) const {
  const std::string name = reader.text(node);
  const std::optional<Capability> capability = capability_named(name);
  if (!capability || name_of(*capability) != name) {
    reader.fail(node, "unknown capability " + excerpt(name),
                capability ? "write " + std::string(name_of(*capability))
                           : hint_for(name, CapabilitySet::from_bits(~0ULL).names(),
                                      "capability names are upper case, without CAP_: "
                                      "NET_BIND_SERVICE"));
  }
  value = *capability;
}

DocumentNode AsCapabilities::write(CapabilitySet set) const {
  DocumentList list{layout, {}};
  for (const std::string_view name : set.names()) {
    list.items.push_back({std::string(name)});
  }
  return {std::move(list)};
}

void AsCapabilities::read(const YamlNode& node, const YamlReader& reader,
                          CapabilitySet& set) const {
  for (const YamlNode& item : reader.items(node)) {
    Capability capability{};
    AsCapability{}.read(item, reader, capability);
    if (set.contains(capability)) {
      reader.fail(item, std::string(name_of(capability)) + " stands here twice");
    }
    set = set.with(capability);
  }
}

void define_capabilities(DocumentMap& definitions) {
  std::vector<std::string> names;
  for (const CapabilityInfo& each : all_capabilities()) {
    names.emplace_back(each.name);
  }
  std::ranges::sort(names);
  DocumentMap one;
  one.set("description", text_node("A Linux capability, upper case and without CAP_."));
  one.set("enum", text_list(names));
  DocumentMap set;
  set.set("description", text_node("A set of capabilities, sorted by the alphabet."));
  set.set("type", text_node("array"));
  set.set("uniqueItems", {true});
  set.set("items", {AsCapability{}.schema()});
  definitions.set("capability", {std::move(one)});
  definitions.set("capabilities", {std::move(set)});
}

DocumentMap with_description(const char* says, DocumentMap schema) {
  schema.fields.insert(schema.fields.begin(), {"description", text_node(says)});
  return schema;
}

void FieldSchema::constant(const char* key, const char* word, const char* says) {
  DocumentMap schema;
  schema.set("const", text_node(word));
  keys.emplace_back(key);
  required.emplace_back(key);
  properties.set(key, {with_description(says, std::move(schema))});
}

DocumentMap FieldSchema::schema() const {
  DocumentMap schema = typed("object");
  schema.set("additionalProperties", {false});
  schema.set("properties", {properties});
  schema.set("required", text_list(required));
  return schema;
}

}  // namespace capmin
