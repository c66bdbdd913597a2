#include "document/strict_yaml.h"

#include "core/error.h"
#include "document/plain_scalar.h"
#include "document/yaml_stream.h"
#include "text/quote.h"
#include "text/spelling.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>
#include <utility>

namespace capmin {
namespace {

YamlPosition position_of(const YAML::Mark& mark) {
  return {mark.line + 1, mark.column + 1};
}

/// Builds the tree from the parser's events and refuses what is not plain.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::string_view source, const YamlLimits& limits)
      : text_(text), source_(source), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) refuse(mark, "more than one document");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_plain(mark, "?", anchor);
    // The mark is that of the next token; a missing value is better shown at its key.
    const bool is_value = !open_.empty() && open_.back().key;
    add({YamlNode::Kind::kPlain,
         {},
         {},
         {},
         is_value ? open_.back().key_position : position_of(mark)});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse(mark, "aliases are not allowed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_plain(mark, tag, anchor);
    const auto kind = tag == "!" ? YamlNode::Kind::kQuoted : YamlNode::Kind::kPlain;
    add({kind, value, {}, {}, position_of(mark)});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  YamlNode take() {
    if (!started_) fail_at(source_, {}, "is empty");
    return std::move(root_);
  }

 private:
  /// A list or map whose end has not been read.
  struct Open {
    YamlNode node;
    bool key = false;  ///< the key of the next value has been read
    std::string key_text;
    YamlPosition key_position;
    std::set<std::string> keys;
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why) const {
    fail_at(source_, position_of(mark), why);
  }

  void check_plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor) refuse(mark, "anchors are not allowed");
    // Quoted scalars come with the tag "!" too, so only the text tells a written one.
    const auto offset = static_cast<std::size_t>(std::max(mark.pos, 0));
    const bool written = offset < text_.size() && text_[offset] == '!';
    if (written || (tag != "?" && tag != "!" && !tag.empty())) {
      refuse(mark, "tags are not allowed");
    }
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    check_plain(mark, tag, anchor);
    if (expects_key()) refuse(mark, "a list or a map cannot be a key");
    if (static_cast<int>(open_.size()) >= limits_.depth) {
      refuse(mark, "nested deeper than " + std::to_string(limits_.depth));
    }
    Open next;
    next.node.kind = kind;
    next.node.position = position_of(mark);
    open_.push_back(std::move(next));
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().key;
  }

  void add(YamlNode node) {
    if (++values_ > limits_.values) {
      fail_at(source_, node.position,
              "more than " + std::to_string(limits_.values) + " values in one file");
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (expects_key()) {
      add_key(std::move(node));
    } else if (Open& parent = open_.back(); parent.key) {
      parent.key = false;
      parent.node.entries.push_back(
          {std::move(parent.key_text), parent.key_position, std::move(node)});
    } else {
      parent.node.items.push_back(std::move(node));
    }
  }

  void add_key(YamlNode node) {
    Open& parent = open_.back();
    const bool plain = node.kind == YamlNode::Kind::kPlain;
    if (plain && node.text.empty()) fail_at(source_, node.position, "a key is missing");
    if (plain && node.text == "<<") fail_at(source_, node.position, "merge keys are not allowed");
    if (!parent.keys.insert(node.text).second) {
      fail_at(source_, node.position, "the key " + excerpt(node.text) + " stands here twice");
    }
    parent.key = true;
    parent.key_text = std::move(node.text);
    parent.key_position = node.position;
  }

  std::string_view text_;
  std::string_view source_;
  YamlLimits limits_;
  bool started_ = false;
  int values_ = 0;
  std::vector<Open> open_;
  YamlNode root_;
};

/// The place of an error of the parser. At the end of the text its own line and column are wrong.
YamlPosition position_of(const YAML::Exception& error, std::string_view text) {
  if (error.mark.is_null()) return {};
  const auto offset = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  return {static_cast<int>(line), static_cast<int>(column)};
}

/// The parser's message; it may end in a byte of the text.
std::string printable(std::string message) {
  std::erase_if(message, [](char c) { return c < ' ' || c > '~'; });
  return message;
}

}  // namespace

YamlNode parse_strict_yaml(std::string_view text, std::string_view source,
                           const YamlLimits& limits) {
  check_yaml_bytes(text, source, limits);
  TreeBuilder builder(text, source, limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    fail_at(source, position_of(error, text), "is not YAML: " + printable(error.msg));
  }
  return builder.take();
}

void fail_at(std::string_view source, YamlPosition position, const std::string& why,
             const std::string& hint) {
  throw Error(ExitCode::kUsage,
              shown(source) + ':' + std::to_string(position.line) + ':' +
                  std::to_string(position.column) + ": " + why,
              hint);
}

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

const YamlNode& YamlReader::map(const YamlNode& node, const std::vector<std::string>& keys) const {
  for (const YamlEntry& entry : entries(node)) {
    if (std::ranges::find(keys, entry.key) == keys.end()) {
      fail_at(
          source_, entry.position, "unknown key " + excerpt(entry.key),
          hint_for(entry.key, {keys.begin(), keys.end()}, "the keys here are " + list_of(keys)));
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
    fail(node, "unknown word " + excerpt(value),
         hint_for(value, {words.begin(), words.end()}, "the words here are " + list_of(words)));
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

double YamlReader::real_number(const YamlNode& node) const {
  double number = 0;
  if (node.kind != YamlNode::Kind::kPlain || !parse_number(node.text, number) ||
      !std::isfinite(number)) {
    wrong_type(node, "a number");
  }
  return number;
}

int YamlReader::whole_number(const YamlNode& node, int least, int most) const {
  return static_cast<int>(wide_number(node, least, most));
}

std::int64_t YamlReader::wide_number(const YamlNode& node, std::int64_t least,
                                     std::int64_t most) const {
  std::int64_t number = 0;
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
