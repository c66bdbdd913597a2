#pragma once

#include "core/capability.h"
#include "core/enum_words.h"
#include "document/document.h"
#include "document/strict_yaml.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

// One description of a struct's fields, from which its document is written and read, and its JSON
// Schema is made. A description is a generic lambda:
//
//   constexpr auto kImage = [](auto& field, auto& image) {
//     field("id", image.id, AsText{}, "Id of the image in the engine.");
//     field.maybe("digest", image.digest, AsText{}, "Digest in the registry.");
//   };
//
// The last argument is what the schema says of the field; files that capmin alone reads have none.
// What stands for maybe() is left out where its value is that of a new object. How a value stands
// in the document is an object with three members: write() makes the node; read() takes the value
// from a node and throws Error kUsage, with line and column, for everything else; schema() is what
// JSON Schema (2020-12) says of it.

/// A text. With a definition the schema refers to that one of its "$defs".
struct AsText {
  const char* definition = nullptr;
  bool is_filled = false;  ///< an empty text is refused

  DocumentNode write(const std::string& value) const { return {value}; }
  void read(const YamlNode& node, const YamlReader& reader, std::string& value) const;
  DocumentMap schema() const;
};

/// A whole number in a range; unsigned ones beyond that of std::int64_t stand as negative ones.
struct AsWhole {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<int>::max();

  template <typename Number>
  DocumentNode write(Number value) const {
    return {static_cast<std::int64_t>(value)};
  }
  template <typename Number>
  void read(const YamlNode& node, const YamlReader& reader, Number& value) const {
    value = static_cast<Number>(reader.wide_number(node, least, most));
  }
  DocumentMap schema() const;
};

/// Any number of 64 bits.
inline constexpr AsWhole kAnyWhole{std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()};

/// A number that is read back as it was written.
struct AsReal {
  DocumentNode write(double value) const { return {value}; }
  void read(const YamlNode& node, const YamlReader& reader, double& value) const {
    value = reader.real_number(node);
  }
  DocumentMap schema() const;
};

/// An enumerator by its number, for files that capmin alone reads.
template <typename Enum>
struct AsEnumerator {
  Enum last;

  DocumentNode write(Enum value) const { return {static_cast<std::int64_t>(value)}; }
  void read(const YamlNode& node, const YamlReader& reader, Enum& value) const {
    value = static_cast<Enum>(reader.whole_number(node, 0, static_cast<int>(last)));
  }
  DocumentMap schema() const { return AsWhole{0, static_cast<int>(last)}.schema(); }
};

/// The same of a set: the number whose bits are its members.
struct AsBits {
  DocumentNode write(CapabilitySet set) const { return kAnyWhole.write(set.bits()); }
  void read(const YamlNode& node, const YamlReader& reader, CapabilitySet& set) const {
    std::uint64_t bits = 0;
    kAnyWhole.read(node, reader, bits);
    set = CapabilitySet::from_bits(bits);
  }
  DocumentMap schema() const { return kAnyWhole.schema(); }
};

/// A length of time in seconds, with one decimal.
struct AsSeconds {
  DocumentNode write(double value) const { return {Seconds{value}}; }
  void read(const YamlNode& node, const YamlReader& reader, double& value) const {
    value = reader.seconds(node);
  }
  DocumentMap schema() const;
};

/// true or false.
struct AsTruth {
  DocumentNode write(bool value) const { return {value}; }
  void read(const YamlNode& node, const YamlReader& reader, bool& value) const {
    value = reader.truth(node);
  }
  DocumentMap schema() const;
};

/// A value of a fixed list, by the table of its words. With a definition the schema refers to that
/// one of its "$defs".
template <typename Value>
struct AsWord {
  std::span<const EnumWord<Value>> table;
  const char* definition = nullptr;

  DocumentNode write(Value value) const { return {std::string(word_of(table, value))}; }
  void read(const YamlNode& node, const YamlReader& reader, Value& value) const {
    const std::string word = reader.word(node, words());
    value = std::ranges::find(table, word, &EnumWord<Value>::word)->value;
  }
  DocumentMap schema() const {
    if (definition != nullptr) return AsText{definition}.schema();
    const std::vector<std::string_view> all = words();
    DocumentMap schema;
    schema.set("enum", text_list({all.begin(), all.end()}));
    return schema;
  }

 private:
  std::vector<std::string_view> words() const {
    std::vector<std::string_view> words;
    std::ranges::transform(table, std::back_inserter(words), &EnumWord<Value>::word);
    return words;
  }
};
template <typename Value, std::size_t Count>
AsWord(const std::array<EnumWord<Value>, Count>&) -> AsWord<Value>;
template <typename Value, std::size_t Count>
AsWord(const std::array<EnumWord<Value>, Count>&, const char*) -> AsWord<Value>;

/// A capability by the name that capmin writes: one capability has one name in a document.
struct AsCapability {
  DocumentNode write(Capability value) const { return {std::string(name_of(value))}; }
  void read(const YamlNode& node, const YamlReader& reader, Capability& value) const;
  DocumentMap schema() const { return AsText{"capability"}.schema(); }
};

/// The names of a set, each of them once.
struct AsCapabilities {
  Layout layout = Layout::kFlow;

  DocumentNode write(CapabilitySet set) const;
  void read(const YamlNode& node, const YamlReader& reader, CapabilitySet& set) const;
  DocumentMap schema() const { return AsText{"capabilities"}.schema(); }
};

/// What schemas know as "capability" and "capabilities".
void define_capabilities(DocumentMap& definitions);

/// `says` as the description before what `schema` says.
DocumentMap with_description(const char* says, DocumentMap schema);

/// A list; `says` is of each item.
template <typename Item>
struct AsList {
  Item item;
  const char* says = "";
  Layout layout = Layout::kFlow;

  template <typename Value>
  DocumentNode write(const std::vector<Value>& values) const {
    DocumentList list{layout, {}};
    for (const Value& value : values) {
      list.items.push_back(item.write(value));
    }
    return {std::move(list)};
  }
  template <typename Value>
  void read(const YamlNode& node, const YamlReader& reader, std::vector<Value>& values) const {
    for (const YamlNode& each : reader.items(node)) {
      item.read(each, reader, values.emplace_back());
    }
  }
  DocumentMap schema() const {
    DocumentMap schema;
    schema.set("type", text_node("array"));
    schema.set("items", {with_description(says, item.schema())});
    return schema;
  }
};

/// A map whose keys are data.
template <typename Item>
struct AsMap {
  Item item;
  const char* says = "";
  Layout layout = Layout::kFlow;

  template <typename Value>
  DocumentNode write(const std::map<std::string, Value>& values) const {
    DocumentMap map{layout, {}};
    for (const auto& [key, value] : values) {
      map.set(key, item.write(value));
    }
    return {std::move(map)};
  }
  template <typename Value>
  void read(const YamlNode& node, const YamlReader& reader,
            std::map<std::string, Value>& values) const {
    for (const YamlEntry& entry : reader.entries(node)) {
      item.read(entry.value, reader, values[entry.key]);
    }
  }
  DocumentMap schema() const {
    DocumentMap schema;
    schema.set("type", text_node("object"));
    schema.set("additionalProperties", {with_description(says, item.schema())});
    return schema;
  }
};

/// Writes the fields that a description names.
struct FieldWriter {
  DocumentMap& map;

  template <typename Value, typename Type>
  void operator()(const char* key, const Value& value, const Type& type,
                  const char* /*says*/ = "") {
    map.set(key, type.write(value));
  }
  template <typename Value, typename Type>
  void maybe(const char* key, const Value& value, const Type& type, const char* /*says*/ = "") {
    if (!(value == Value{})) map.set(key, type.write(value));
  }
  template <typename Value, typename Type>
  void maybe(const char* key, const std::optional<Value>& value, const Type& type,
             const char* /*says*/ = "") {
    if (value) map.set(key, type.write(*value));
  }
  void constant(const char* key, const char* word, const char* /*says*/) {
    map.set(key, {Word{word}});
  }
};

/// Reads them.
struct FieldReader {
  const YamlNode& node;
  const YamlReader& reader;

  template <typename Value, typename Type>
  void operator()(const char* key, Value& value, const Type& type, const char* /*says*/ = "") {
    type.read(reader.at(node, key), reader, value);
  }
  template <typename Value, typename Type>
  void maybe(const char* key, Value& value, const Type& type, const char* /*says*/ = "") {
    if (const YamlNode* const found = reader.find(node, key)) type.read(*found, reader, value);
  }
  template <typename Value, typename Type>
  void maybe(const char* key, std::optional<Value>& value, const Type& type,
             const char* /*says*/ = "") {
    const YamlNode* const found = reader.find(node, key);
    if (found != nullptr) type.read(*found, reader, value.emplace());
  }
  void constant(const char* key, const char* word, const char* /*says*/) {
    const YamlNode& found = reader.at(node, key);
    if (reader.text(found) != word) {
      reader.fail(found, "expected " + std::string(word) + ", found " + excerpt(found.text));
    }
  }
};

/// Collects their keys, and what a schema says of them.
struct FieldSchema {
  DocumentMap properties;
  std::vector<std::string> keys;
  std::vector<std::string> required;

  template <typename Value, typename Type>
  void operator()(const char* key, const Value& value, const Type& type, const char* says = "") {
    required.emplace_back(key);
    maybe(key, value, type, says);
  }
  template <typename Value, typename Type>
  void maybe(const char* key, const Value& /*value*/, const Type& type, const char* says = "") {
    keys.emplace_back(key);
    properties.set(key, {with_description(says, type.schema())});
  }
  void constant(const char* key, const char* word, const char* says);
  /// The schema of the whole object.
  DocumentMap schema() const;
};

/// What is asked of a value beyond its fields: nothing.
struct NoCheck {
  template <typename Value>
  void operator()(const YamlNode& /*node*/, const YamlReader& /*reader*/, Value& /*value*/) const {}
};

/// A map with the fields of a `Value`, no others. `check` is called with what was read.
template <typename Value, typename Describe, typename Check>
struct AsObject {
  Describe describe;
  Layout layout;
  Check check;

  DocumentMap map(const Value& value) const {
    DocumentMap result{layout, {}};
    FieldWriter writer{result};
    describe(writer, value);
    return result;
  }
  DocumentNode write(const Value& value) const { return {map(value)}; }
  void read(const YamlNode& node, const YamlReader& reader, Value& value) const {
    reader.map(node, fields().keys);
    FieldReader each{node, reader};
    describe(each, value);
    check(node, reader, value);
  }
  DocumentMap schema() const { return fields().schema(); }

 private:
  const FieldSchema& fields() const {
    static const FieldSchema all = [this] {
      FieldSchema schema;
      const Value nothing{};
      describe(schema, nothing);
      return schema;
    }();
    return all;
  }
};

/// The object that `describe` describes.
template <typename Value, typename Describe, typename Check = NoCheck>
constexpr auto object(Describe describe, Layout layout = Layout::kFlow, Check check = {}) {
  return AsObject<Value, Describe, Check>{describe, layout, check};
}

}  // namespace capmin
