#include "document/yaml_stream.h"

#include "text/quote.h"
#include "text/sanitize.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace capmin {
namespace {

using namespace std::string_view_literals;

constexpr char32_t kLineSeparator = 0x2028;
constexpr char32_t kParagraphSeparator = 0x2029;

/// Characters that some terminal acts on, or that one YAML parser takes for a line break and the
/// next one does not.
bool is_forbidden(char32_t code) {
  const bool blank = code == '\t' || code == '\n' || code == '\r';
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool byte_order_mark = code == 0xfeff;
  const bool bidirectional =
      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return (control && !blank) || byte_order_mark || bidirectional || code == kLineSeparator ||
         code == kParagraphSeparator;
}

/// yaml-cpp keeps every token from the opening of a flow list to its end: 240 bytes for each.
bool makes_token(char c) {
  return "[]{},:?\"'&*!"sv.find(c) != std::string_view::npos;
}

void check_start(std::string_view text, std::string_view source) {
  constexpr const char* kHint = "save the file as UTF-8 without a byte order mark";
  if (text.starts_with("\xef\xbb\xbf")) fail_at(source, {}, "starts with a byte order mark", kHint);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    fail_at(source, {}, "is UTF-16 or UTF-32, not UTF-8", kHint);
  }
}

}  // namespace

void check_yaml_bytes(std::string_view text, std::string_view source, const YamlLimits& limits) {
  if (text.size() > limits.bytes) {
    fail_at(source, {}, "is larger than " + std::to_string(limits.bytes) + " bytes");
  }
  check_start(text, source);
  if (std::ranges::count_if(text, makes_token) > std::ptrdiff_t{2} * limits.values) {
    fail_at(source, {},
            "has more than " + std::to_string(2 * limits.values) +
                " brackets, commas, colons and quotes");
  }
  YamlPosition position;
  while (!text.empty()) {
    const auto character = first_character(text);
    if (!character) fail_at(source, position, "is not UTF-8");
    if (character->code == 0) fail_at(source, position, "holds a NUL: no text file");
    if (is_forbidden(character->code)) {
      fail_at(source, position, "holds a control character",
              "in double quotes it can be written as \\uXXXX");
    }
    position.column += static_cast<int>(character->bytes);
    if (character->code == '\n') position = {position.line + 1, 1};
    text.remove_prefix(character->bytes);
  }
}

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
