#include "yaml/strict_yaml.h"

#include "core/error.h"
#include "yaml/yaml_error.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace capmin {
namespace {

YamlPosition position_of(const YAML::Mark& mark) {
  return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

/// Builds nodes while yaml-cpp reads, so that no bomb is ever unpacked.
class NodeBuilder : public YAML::EventHandler {
 public:
  NodeBuilder(std::string_view source, const YamlLimits& limits)
      : source_(source), limits_(limits) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      fail(mark, "a second document; one file holds one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_extras(mark, {}, anchor);
    if (wants_key()) {
      fail(mark, "a key without a name");
    }
    add(mark, YamlNode::Kind::kNull);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    fail(mark, "an alias (*name) is not allowed; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_extras(mark, tag, anchor);
    if (wants_key()) {
      take_key(mark, value);
      return;
    }
    YamlNode& node = add(mark, YamlNode::Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  /// A sequence or map that is not complete yet.
  struct Open {
    YamlNode* node;
    bool has_key = false;
    std::string key;
    YamlPosition key_at;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& what) const {
    throw_yaml_error(source_, position_of(mark), what);
  }

  bool wants_key() const {
    return !open_.empty() && open_.back().node->kind == YamlNode::Kind::kMap &&
           !open_.back().has_key;
  }

  void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != 0) {
      fail(mark, "an anchor (&name) is not allowed; write the value out");
    }
    // yaml-cpp marks plain values with "?" and quoted ones with "!".
    if (!tag.empty() && tag != "?" && tag != "!") {
      fail(mark, "a tag (!name) is not allowed");
    }
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    for (const YamlNode& item : map.node->items) {
      if (item.key == key) {
        fail(mark, "the key \"" + key + "\" stands twice, first in line " +
                       std::to_string(item.key_at.line));
      }
    }
    if (map.node->items.size() >= kMaximumKeys) {
      fail(mark, "more than " + std::to_string(kMaximumKeys) + " keys in one map");
    }
    map.has_key = true;
    map.key = key;
    map.key_at = position_of(mark);
  }

  YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (++values_ > limits_.values) {
      fail(mark, "more than " + std::to_string(limits_.values) + " values");
    }
    YamlNode node;
    node.kind = kind;
    node.at = position_of(mark);
    if (open_.empty()) {
      root_ = std::move(node);
      return root_;
    }
    Open& parent = open_.back();
    node.key = std::move(parent.key);
    node.key_at = parent.key_at;
    parent.has_key = false;
    parent.key.clear();
    parent.node->items.push_back(std::move(node));
    return parent.node->items.back();
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    refuse_extras(mark, tag, anchor);
    if (wants_key()) {
      fail(mark, "a key must be a single word; is a bracket left open?");
    }
    if (open_.size() >= limits_.depth) {
      fail(mark, "nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    // Siblings are added only after this node is complete, so the pointer stays valid.
    open_.push_back({&add(mark, kind), false, {}, {}});
  }

  // Duplicates are found by looking at every earlier key: this bounds the square.
  static constexpr std::size_t kMaximumKeys = 1000;

  std::string_view source_;
  YamlLimits limits_;
  YamlNode root_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

void check_bytes(std::string_view text, std::string_view source, const YamlLimits& limits) {
  if (text.size() > limits.bytes) {
    throw Error(ExitCode::kUsage, std::string(source) + ": " + std::to_string(text.size()) +
                                      " bytes; at most " + std::to_string(limits.bytes) +
                                      " are read");
  }
  YamlPosition at;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      ++at.line;
      at.column = 1;
      continue;
    }
    if ((byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7f) {
      throw_yaml_error(source, at, "a control character");
    }
    ++at.column;
  }
}

}  // namespace

YamlNode parse_strict_yaml(std::string_view text, std::string_view source,
                           const YamlLimits& limits) {
  check_bytes(text, source, limits);
  std::istringstream stream{std::string(text)};
  NodeBuilder builder(source, limits);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    throw_yaml_error(source, position_of(e.mark), e.msg);
  }
  return builder.take();
}

}  // namespace capmin
