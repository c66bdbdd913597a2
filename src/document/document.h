#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace capmin {

struct DocumentNode;
struct DocumentField;

/// How a list or map of a document stands in YAML: an entry to a line, or all on one line.
enum class Layout { kBlock, kFlow };

/// A length of time, written with one decimal.
struct Seconds {
  double value = 0;  ///< finite, not negative
};

/// A constant of capmin's own that YAML needs no quotes for.
struct Word {
  std::string text;
};

struct DocumentList {
  Layout layout = Layout::kBlock;
  std::vector<DocumentNode> items;
};

struct DocumentMap {
  Layout layout = Layout::kBlock;
  std::vector<DocumentField> fields;  ///< in the order in which they are written

  /// Appends a field.
  void set(std::string key, DocumentNode value);
  /// The map, or the list, that is the value of `key`; an empty one is appended where there is no
  /// such field.
  DocumentMap& map(const std::string& key);
  DocumentList& list(const std::string& key, Layout layout = Layout::kBlock);
};

/// One value of a document that can be written as YAML and as JSON. A double, which is finite, is
/// read back as it was.
struct DocumentNode {
  std::variant<std::string, Word, std::int64_t, bool, Seconds, double, DocumentList, DocumentMap>
      value;
};

struct DocumentField {
  std::string key;
  DocumentNode value;
};

/// Values of one kind.
DocumentNode text_node(std::string_view text);
DocumentNode number_node(std::int64_t number);
DocumentNode text_list(const std::vector<std::string>& texts, Layout layout = Layout::kBlock);

/// The document as YAML, without a comment before it. Every text is double-quoted; what is not
/// printable ASCII is escaped, and of two number signs in a row the second, because CI systems
/// execute lines with "##".
std::string emit_yaml(const DocumentMap& document);

/// The document as JSON, indented by two blanks, with a line break at its end. Escapes as
/// emit_yaml, but characters beyond U+FFFF stand for themselves: their surrogate pairs would be
/// wrong in YAML.
std::string emit_json(const DocumentMap& document);

/// The same on one line, without blanks and without a line break at its end.
std::string emit_json_line(const DocumentMap& document);

/// The same as emit_json for a list of documents.
std::string emit_json(const DocumentList& documents);

}  // namespace capmin
