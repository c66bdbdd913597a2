#include "document/yaml_value.h"

#include "text/quote.h"

#include <algorithm>
#include <map>
#include <utility>

namespace capmin {

using Kind = YamlNode::Kind;

YamlNode yaml_text(std::string text) {
  YamlNode node;
  node.kind = Kind::kQuoted;
  node.text = std::move(text);
  return node;
}

YamlNode yaml_list() {
  YamlNode node;
  node.kind = Kind::kList;
  return node;
}

YamlNode yaml_map() {
  YamlNode node;
  node.kind = Kind::kMap;
  return node;
}

YamlNode* find(YamlNode& map, std::string_view key) {
  const auto entry = std::ranges::find(map.entries, key, &YamlEntry::key);
  return entry == map.entries.end() ? nullptr : &entry->value;
}

const YamlNode* find(const YamlNode& map, std::string_view key) {
  const auto entry = std::ranges::find(map.entries, key, &YamlEntry::key);
  return entry == map.entries.end() ? nullptr : &entry->value;
}

void set(YamlNode& map, const std::string& key, YamlNode value) {
  map.kind = Kind::kMap;
  if (YamlNode* const old = find(map, key)) {
    *old = std::move(value);
  } else {
    map.entries.push_back({.key = key, .position = {}, .value = std::move(value)});
  }
}

void erase(YamlNode& map, std::string_view key) {
  std::erase_if(map.entries, [key](const YamlEntry& entry) { return entry.key == key; });
}

namespace {

class Resolver {
 public:
  Resolver(std::string_view text, std::string_view source) : text_(text), source_(source) {}

  YamlNode resolve(const YamlTree& tree) {
    constexpr int kMostValues = 200'000;
    if (++values_ > kMostValues) fail(tree, "has too many values");
    if (tree.kind == YamlTree::Kind::kAlias) {
      const auto meant = anchors_.find(tree.anchor);
      if (meant == anchors_.end()) fail(tree, "an alias inside of what it stands for");
      return resolve(*meant->second);
    }
    YamlNode node;
    node.position = position_at(text_, tree.offset);
    switch (tree.kind) {
      case YamlTree::Kind::kScalar:
        node.kind = tree.tag == "!" ? Kind::kQuoted : Kind::kPlain;
        node.text = tree.text;
        break;
      case YamlTree::Kind::kList:
        node.kind = Kind::kList;
        for (const YamlTree& item : tree.items) {
          node.items.push_back(resolve(item));
        }
        break;
      case YamlTree::Kind::kMap:
        node.kind = Kind::kMap;
        for (std::size_t i = 0; i < tree.entries(); ++i) {
          if (tree.key(i).kind != YamlTree::Kind::kScalar) fail(tree.key(i), "a key is no text");
          node.entries.push_back({.key = tree.key(i).text,
                                  .position = position_at(text_, tree.key(i).offset),
                                  .value = resolve(tree.value(i))});
        }
        break;
      case YamlTree::Kind::kNull:
      case YamlTree::Kind::kAlias:
        break;
    }
    if (tree.anchor != 0) anchors_[tree.anchor] = &tree;
    return node;
  }

 private:
  [[noreturn]] void fail(const YamlTree& tree, const std::string& why) const {
    fail_at(source_, position_at(text_, tree.offset), why);
  }

  std::string_view text_;
  std::string_view source_;
  int values_ = 0;
  std::map<std::size_t, const YamlTree*> anchors_;
};

/// As a block of YAML, which is at its place behind `indent` blanks. A plain scalar stays plain, so
/// that it has the type that it had.
void append_block(const YamlNode& node, std::size_t indent, std::string& text) {
  const std::string blanks(indent, ' ');
  switch (node.kind) {
    case Kind::kPlain:
      // A text of several lines was text, whatever it looks like.
      text += ' ';
      text += node.text.empty()                           ? "null"
              : node.text.find('\n') != std::string::npos ? quote(node.text, QuoteFormat::kYaml)
                                                          : node.text;
      text += '\n';
      break;
    case Kind::kQuoted:
      text += ' ' + quote(node.text, QuoteFormat::kYaml) + '\n';
      break;
    case Kind::kList:
      text += node.items.empty() ? " []\n" : "\n";
      for (const YamlNode& item : node.items) {
        text += blanks + '-';
        append_block(item, indent + 2, text);
      }
      break;
    case Kind::kMap:
      text += node.entries.empty() ? " {}\n" : "\n";
      for (const YamlEntry& entry : node.entries) {
        text += blanks + quote(entry.key, QuoteFormat::kYaml) + ':';
        append_block(entry.value, indent + 2, text);
      }
      break;
  }
}

}  // namespace

YamlNode resolved(const YamlTree& tree, std::string_view text, std::string_view source) {
  return Resolver(text, source).resolve(tree);
}

std::string to_yaml(const YamlNode& map) {
  std::string text;
  append_block(map, 0, text);
  // A map begins behind the line that it is the value of.
  return text.starts_with('\n') ? text.substr(1) : text;
}

}  // namespace capmin
