#include "document/document.h"

#include "document/plain_scalar.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace capmin {
namespace {

/// The largest number of seconds that is written: far beyond any run, and short in digits.
constexpr double kMostSeconds = 1e9;

std::string number(Seconds seconds) {
  const double value = std::isfinite(seconds.value) ? seconds.value : 0;
  std::array<char, 32> buffer{};
  // Adding zero turns a negative zero, which clamp lets through, into zero.
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                    std::clamp(value, 0.0, kMostSeconds) + 0.0, std::chars_format::fixed, 1);
  return {buffer.data(), end};
}

std::string number(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

std::string scalar(const DocumentNode& node, QuoteFormat format) {
  if (const auto* const text = std::get_if<std::string>(&node.value)) return quote(*text, format);
  if (const auto* const word = std::get_if<Word>(&node.value)) {
    return format == QuoteFormat::kYaml ? word->text : quote(word->text, format);
  }
  if (const auto* const whole = std::get_if<std::int64_t>(&node.value))
    return std::to_string(*whole);
  if (const auto* const truth = std::get_if<bool>(&node.value)) return *truth ? "true" : "false";
  if (const auto* const real = std::get_if<double>(&node.value)) return number(*real);
  return number(std::get<Seconds>(node.value));
}

std::string yaml_key(const std::string& key) {
  return is_plain_word(key) ? key : quote(key, QuoteFormat::kYaml);
}

std::string flow(const DocumentNode& node) {
  std::string result;
  if (const auto* const list = std::get_if<DocumentList>(&node.value)) {
    for (const DocumentNode& item : list->items) {
      result += (result.empty() ? "" : ", ") + flow(item);
    }
    return '[' + result + ']';
  }
  if (const auto* const map = std::get_if<DocumentMap>(&node.value)) {
    for (const auto& [key, value] : map->fields) {
      result += (result.empty() ? "" : ", ") + yaml_key(key) + ": " + flow(value);
    }
    return '{' + result + '}';
  }
  return scalar(node, QuoteFormat::kYaml);
}

bool is_block(const DocumentNode& node) {
  if (const auto* const list = std::get_if<DocumentList>(&node.value)) {
    return list->layout == Layout::kBlock && !list->items.empty();
  }
  const auto* const map = std::get_if<DocumentMap>(&node.value);
  return map != nullptr && map->layout == Layout::kBlock && !map->fields.empty();
}

std::string block(const DocumentNode& node, const std::string& indent);

std::string block_map(const DocumentMap& map, const std::string& indent) {
  std::string result;
  for (const auto& [key, value] : map.fields) {
    result += indent + yaml_key(key) + ':';
    result += is_block(value) ? '\n' + block(value, indent + "  ") : ' ' + flow(value) + '\n';
  }
  return result;
}

std::string block_list(const DocumentList& list, const std::string& indent) {
  std::string result;
  for (const DocumentNode& item : list.items) {
    std::string entry =
        is_block(item) ? block(item, indent + "  ") : indent + "  " + flow(item) + '\n';
    entry[indent.size()] = '-';
    result += entry;
  }
  return result;
}

std::string block(const DocumentNode& node, const std::string& indent) {
  if (const auto* const list = std::get_if<DocumentList>(&node.value)) {
    return block_list(*list, indent);
  }
  return block_map(std::get<DocumentMap>(node.value), indent);
}

std::string json(const DocumentNode& node, const std::string& indent);

std::string json_map(const DocumentMap& map, const std::string& indent) {
  std::string result;
  for (const auto& [key, value] : map.fields) {
    result += (result.empty() ? "\n" : ",\n") + indent + "  " + quote(key, QuoteFormat::kJson) +
              ": " + json(value, indent + "  ");
  }
  return result.empty() ? "{}" : '{' + result + '\n' + indent + '}';
}

std::string json_list(const DocumentList& list, const std::string& indent) {
  std::string result;
  for (const DocumentNode& item : list.items) {
    result += (result.empty() ? "\n" : ",\n") + indent + "  " + json(item, indent + "  ");
  }
  return result.empty() ? "[]" : '[' + result + '\n' + indent + ']';
}

std::string json(const DocumentNode& node, const std::string& indent) {
  if (const auto* const list = std::get_if<DocumentList>(&node.value)) {
    return json_list(*list, indent);
  }
  if (const auto* const map = std::get_if<DocumentMap>(&node.value)) return json_map(*map, indent);
  return scalar(node, QuoteFormat::kJson);
}

std::string json_line(const DocumentNode& node) {
  std::string result;
  if (const auto* const list = std::get_if<DocumentList>(&node.value)) {
    for (const DocumentNode& item : list->items) {
      result += (result.empty() ? "" : ",") + json_line(item);
    }
    return '[' + result + ']';
  }
  if (const auto* const map = std::get_if<DocumentMap>(&node.value)) return emit_json_line(*map);
  return scalar(node, QuoteFormat::kJson);
}

}  // namespace

void DocumentMap::set(std::string key, DocumentNode value) {
  fields.push_back({std::move(key), std::move(value)});
}

DocumentMap& DocumentMap::map(const std::string& key) {
  const auto found = std::ranges::find(fields, key, &DocumentField::key);
  if (found != fields.end()) return std::get<DocumentMap>(found->value.value);
  set(key, {DocumentMap{}});
  return std::get<DocumentMap>(fields.back().value.value);
}

DocumentList& DocumentMap::list(const std::string& key, Layout shape) {
  const auto found = std::ranges::find(fields, key, &DocumentField::key);
  if (found != fields.end()) return std::get<DocumentList>(found->value.value);
  set(key, {DocumentList{shape, {}}});
  return std::get<DocumentList>(fields.back().value.value);
}

DocumentNode text_node(std::string_view text) {
  return {std::string(text)};
}

DocumentNode number_node(std::int64_t number) {
  return {number};
}

DocumentNode text_list(const std::vector<std::string>& texts, Layout layout) {
  DocumentList list{layout, {}};
  for (const std::string& text : texts) {
    list.items.push_back({text});
  }
  return {std::move(list)};
}

std::string emit_yaml(const DocumentMap& document) {
  return block_map(document, "");
}

std::string emit_json(const DocumentMap& document) {
  return json_map(document, "") + '\n';
}

std::string emit_json_line(const DocumentMap& document) {
  std::string result;
  for (const auto& [key, value] : document.fields) {
    result += (result.empty() ? "" : ",") + quote(key, QuoteFormat::kJson) + ':' + json_line(value);
  }
  return '{' + result + '}';
}

std::string emit_json(const DocumentList& documents) {
  return json_list(documents, "") + '\n';
}

}  // namespace capmin
