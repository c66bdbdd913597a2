#include "yaml/yaml_stream.h"

#include "text/quote.h"
#include "yaml/yaml_bytes.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace capmin {
namespace {

std::size_t offset_of(const YAML::Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.pos, 0));
}

/// Builds one tree for each document from the parser's events.
class StreamBuilder : public YAML::EventHandler {
 public:
  StreamBuilder(std::string_view text, std::string_view source, const YamlLimits& limits)
      : text_(text), source_(source), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(node(YamlTree::Kind::kNull, mark, "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(node(YamlTree::Kind::kAlias, mark, "", anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlTree tree = node(YamlTree::Kind::kScalar, mark, tag, anchor);
    tree.text = value;
    add(std::move(tree));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(node(YamlTree::Kind::kList, mark, tag, anchor), style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(node(YamlTree::Kind::kMap, mark, tag, anchor), style);
  }
  void OnMapEnd() override { close(); }

  std::vector<YamlTree> take() { return std::move(documents_); }

 private:
  static YamlTree node(YamlTree::Kind kind, const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor) {
    YamlTree tree;
    tree.kind = kind;
    tree.anchor = anchor;
    tree.tag = tag;
    tree.offset = offset_of(mark);
    return tree;
  }

  void open(YamlTree tree, YAML::EmitterStyle::value style) {
    tree.flow = style == YAML::EmitterStyle::Flow;
    if (static_cast<int>(open_.size()) >= limits_.depth) {
      fail_at(source_, position_at(text_, tree.offset),
              "nested deeper than " + std::to_string(limits_.depth));
    }
    open_.push_back(std::move(tree));
  }

  void close() {
    YamlTree tree = std::move(open_.back());
    open_.pop_back();
    add(std::move(tree));
  }

  void add(YamlTree tree) {
    if (++values_ > limits_.values) {
      fail_at(source_, position_at(text_, tree.offset),
              "more than " + std::to_string(limits_.values) + " values in one file");
    }
    (open_.empty() ? documents_ : open_.back().items).push_back(std::move(tree));
  }

  std::string_view text_;
  std::string_view source_;
  YamlLimits limits_;
  int values_ = 0;
  std::vector<YamlTree> open_;
  std::vector<YamlTree> documents_;
};

/// True where the line that holds the byte `offset` begins with blanks and a tab.
bool is_indented_by_tab(std::string_view text, std::size_t offset) {
  std::string_view line = text.substr(text.substr(0, offset).rfind('\n') + 1);
  line = line.substr(0, line.find_first_not_of(" \t"));
  return line.find('\t') != std::string_view::npos;
}

}  // namespace

const YamlTree* YamlTree::find(std::string_view key) const {
  const YamlTree* found = nullptr;
  if (kind != Kind::kMap) return found;
  for (std::size_t i = 0; i < entries(); ++i) {
    if (this->key(i).kind == Kind::kScalar && this->key(i).text == key) found = &value(i);
  }
  return found;
}

bool same_meaning(const YamlTree& a, const YamlTree& b) {
  return a.kind == b.kind && a.anchor == b.anchor && a.tag == b.tag && a.text == b.text &&
         std::ranges::equal(a.items, b.items, same_meaning);
}

YamlPosition position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(1 + std::ranges::count(before, '\n')),
          static_cast<int>(before.size() - start + 1)};
}

std::vector<YamlTree> parse_yaml_stream(std::string_view text, std::string_view source,
                                        const YamlLimits& limits) {
  check_yaml_bytes(text, source, limits);
  StreamBuilder builder(text, source, limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const std::size_t place = error.mark.is_null() ? 0 : offset_of(error.mark);
    fail_at(source, position_at(text, place), "is not YAML: " + shown(error.msg),
            is_indented_by_tab(text, place) ? "indent with blanks: YAML takes no tabs there" : "");
  }
  return builder.take();
}

}  // namespace capmin
