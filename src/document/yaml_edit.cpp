#include "document/yaml_edit.h"

#include "text/quote.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace capmin {
namespace {

using Kind = YamlTree::Kind;

constexpr const char* kByHand =
    "edit this place by hand: capmin export without --merge shows what "
    "belongs there";

/// A file of this many bytes has about as many values.
constexpr YamlLimits kLimits{.bytes = kMostEdited, .depth = 64, .values = 2'000'000};
/// More values than any entry has that is set.
constexpr int kMostAdded = 1'000;

/// The offset of a key that does not stand in the file yet.
constexpr std::size_t kNowhere = std::string::npos;

/// The key of `map` that stands at `offset`; it must be there.
auto item_at(YamlTree& map, std::size_t offset) {
  auto item = map.items.begin();
  while (item->offset != offset) {
    item += 2;
  }
  return item;
}

bool holds_anchor(const YamlTree& tree) {
  return (tree.kind != Kind::kAlias && tree.anchor != 0) ||
         std::ranges::any_of(tree.items, holds_anchor);
}

bool is_aliased(const YamlTree& tree, std::size_t anchor) {
  return (tree.kind == Kind::kAlias && tree.anchor == anchor) ||
         std::ranges::any_of(tree.items,
                             [anchor](const YamlTree& item) { return is_aliased(item, anchor); });
}

/// The same but for quotes, which do not count in names of capabilities.
bool says_the_same(const YamlTree& a, const YamlTree& b) {
  const bool same_tag = a.tag == b.tag || (is_plain_tag(a.tag) && is_plain_tag(b.tag));
  return a.kind == b.kind && a.text == b.text && same_tag &&
         std::ranges::equal(a.items, b.items, says_the_same);
}

/// A line that belongs to no value: blank, a comment, or between documents.
bool is_between(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t\r\n");
  return start == std::string_view::npos || line[start] == '#' || line.starts_with("---") ||
         line.starts_with("...") || line.starts_with('%');
}

/// Where a comment begins in one line of YAML; npos where none does.
std::size_t find_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (quote != 0) {
      if (letter == '\\' && quote == '"') ++i;
      if (letter == quote) quote = 0;
    } else if (letter == '"' || letter == '\'') {
      quote = letter;
    } else if (letter == '#' && i > 0 && (line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return i;
    }
  }
  return std::string_view::npos;
}

YamlTree& mutable_at(std::vector<YamlTree>& documents, const YamlPath& path) {
  YamlTree* tree = &documents.at(path.front());
  for (std::size_t i = 1; i < path.size(); ++i) {
    tree = &tree->items.at(path[i]);
  }
  return *tree;
}

std::string joined(const std::vector<std::string>& lines, const std::string& indent,
                   const std::string& line_end) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text += indent;
    text += line + line_end;
  }
  return text;
}

}  // namespace

bool is_plain_tag(std::string_view tag) {
  return tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
}

YamlEditor::YamlEditor(std::string text, std::string source,
                       std::vector<std::string_view> kept_tags, SharedValues shared)
    : text_(std::move(text)),
      source_(std::move(source)),
      kept_tags_(std::move(kept_tags)),
      shared_(shared),
      documents_(parse_yaml_stream(text_, source_, kLimits)),
      expected_(documents_) {}

const YamlTree& YamlEditor::at(const YamlPath& path) const {
  const YamlTree* tree = &documents_.at(path.front());
  for (std::size_t i = 1; i < path.size(); ++i) {
    tree = &tree->items.at(path[i]);
  }
  return *tree;
}

YamlPath YamlEditor::find(const YamlPath& path, std::string_view key) const {
  const YamlTree& map = at(path);
  YamlPath found;
  if (map.kind != Kind::kMap) return found;
  for (std::size_t i = 0; i < map.entries(); ++i) {
    if (map.key(i).kind != Kind::kScalar || map.key(i).text != key) continue;
    if (!found.empty()) fail(map.key(i), "the key " + std::string(key) + " stands here twice");
    found = path;
    found.push_back(2 * i + 1);
  }
  return found;
}

void YamlEditor::fail(const YamlTree& at, const std::string& why, const std::string& hint) const {
  fail_at(source_, position(at), why, hint.empty() ? kByHand : hint);
}

void YamlEditor::check_map(const YamlPath& path) const {
  const YamlTree& map = at(path);
  if (map.kind == Kind::kAlias) fail(map, "this is an alias: the value stands elsewhere");
  if (map.kind == Kind::kNull && path.size() > 1) {
    // Nothing begins where the next value does: a missing value is better shown at its key.
    const YamlTree& parent = at({path.begin(), path.end() - 1});
    if (parent.kind == Kind::kMap) fail(parent.items[path.back() - 1], "this is no map");
  }
  if (map.kind != Kind::kMap) fail(map, "this is no map");
  if (map.flow) fail(map, "this map is written with braces: write it in lines, one for each key");
  check_unshared(path);
  check_tags_on(path);
}

void YamlEditor::check_unshared(const YamlPath& path) const {
  if (shared_ == SharedValues::kChanged) return;
  for (std::size_t depth = 1; depth <= path.size(); ++depth) {
    const YamlTree& tree = at({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth)});
    if (tree.anchor != 0 && is_aliased(documents_[path.front()], tree.anchor)) {
      fail(tree, "an alias elsewhere in the file takes this value too, and would change with it");
    }
  }
}

bool YamlEditor::keeps(const YamlTree& tree) const {
  return std::ranges::find(kept_tags_, tree.tag) != kept_tags_.end();
}

void YamlEditor::refuse_tag(const YamlTree& tree) const {
  fail(tree, "the tag " + shown(tree.tag) + " says more of this value than its text does");
}

void YamlEditor::check_tags_on(const YamlPath& path) const {
  for (std::size_t depth = 1; depth <= path.size(); ++depth) {
    const YamlTree& tree = at({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth)});
    if (!is_plain_tag(tree.tag) && !keeps(tree)) refuse_tag(tree);
    if (tree.kind != Kind::kMap || depth == path.size()) continue;
    check_tags_in(tree.items[path[depth] - 1]);
  }
}

void YamlEditor::check_tags_in(const YamlTree& value) const {
  if (!is_plain_tag(value.tag)) refuse_tag(value);
  for (const YamlTree& item : value.items) {
    check_tags_in(item);
  }
}

std::size_t YamlEditor::start_of_line(std::size_t offset) const {
  return offset == 0 ? 0 : text_.rfind('\n', offset - 1) + 1;
}

/// Behind the last line of the entry whose value is at `value`: before the next value, without the
/// blank lines and comments in front of that.
std::size_t YamlEditor::end_of_entry(const YamlPath& value) const {
  std::optional<std::size_t> next;
  YamlPath parent = value;
  while (!next && !parent.empty()) {
    const std::size_t index = parent.back() + 1;
    parent.pop_back();
    const std::vector<YamlTree>& items = parent.empty() ? documents_ : at(parent).items;
    if (index < items.size()) next = items[index].offset;
  }
  std::size_t end = next ? start_of_line(*next) : text_.size();
  YamlPath key_path = value;
  --key_path.back();
  const YamlTree& key = at(key_path);
  while (end > 0) {
    const std::size_t line = start_of_line(end - 1);
    if (line <= key.offset || !is_between(std::string_view(text_).substr(line, end - line))) break;
    end = line;
  }
  if (end <= key.offset) fail(key, "other values stand on the line of this one");
  return end;
}

std::string YamlEditor::kept_comment(std::size_t begin, std::size_t end) {
  const std::string_view entry = std::string_view(text_).substr(begin, end - begin);
  const std::size_t first = entry.find('\n');
  if (first == std::string_view::npos || first + 1 == entry.size()) {
    const std::size_t comment = find_comment(entry);
    if (comment == std::string_view::npos) return {};
    std::string_view kept = entry.substr(comment);
    kept = kept.substr(0, kept.find_last_not_of("\r\n") + 1);
    return kept.starts_with("# capmin ") ? std::string() : std::string(kept);
  }
  lose_comments(begin, end, "went with the value that was replaced");
  return {};
}

void YamlEditor::lose_comments(std::size_t begin, std::size_t end, std::string_view how) {
  const std::string_view entry = std::string_view(text_).substr(begin, end - begin);
  for (std::size_t line = 0; line < entry.size();) {
    const std::size_t stop = std::min(entry.find('\n', line), entry.size());
    const std::string_view text = entry.substr(line, stop - line);
    const std::size_t start = text.find_first_not_of(" \t");
    const bool whole = start != std::string_view::npos && text[start] == '#';
    const std::size_t comment = whole ? start : find_comment(text);
    if (comment != std::string_view::npos && !text.substr(comment).starts_with("# capmin ")) {
      losses_.push_back("the comment on line " +
                        std::to_string(position_at(text_, begin + line).line) + ' ' +
                        std::string(how));
    }
    line = stop + 1;
  }
}

void YamlEditor::replace(const YamlPath& value, std::string text, const std::string& comment,
                         const std::string& line_end) {
  YamlPath key = value;
  --key.back();
  const std::size_t begin = at(key).offset;
  const std::size_t end = end_of_entry(value);
  if (holds_anchor(at(value))) fail(at(value), "the value to replace has an anchor");
  const std::string kept = kept_comment(begin, end);
  const std::string& behind = kept.empty() ? comment : kept;
  if (!behind.empty()) text.insert(text.find(line_end), "  " + behind);
  if (text_[end - 1] != '\n') text.resize(text.size() - line_end.size());
  edits_.push_back({begin, end, std::move(text)});
}

void YamlEditor::set(const YamlPath& path, std::string_view key,
                     const std::vector<std::string>& lines, std::string_view neighbour,
                     const std::string& comment) {
  check_map(path);
  const YamlTree& map = at(path);
  std::vector<std::string> tagged = lines;
  const YamlPath old = find(path, key);
  if (!old.empty()) {
    const YamlTree& value = at(old);
    check_tags_in(map.items[old.back() - 1]);
    if (keeps(value)) {
      tagged.front().insert(key.size() + 1, " " + value.tag);
    } else if (!is_plain_tag(value.tag)) {
      refuse_tag(value);
    }
    std::ranges::for_each(value.items, [this](const YamlTree& item) { check_tags_in(item); });
  }
  YamlTree entry = parse_yaml_stream(joined(tagged, {}, "\n"), "value").front();
  entry.items.front().offset = kNowhere;
  if (!old.empty() && says_the_same(at(old), entry.value(0))) return;

  const std::size_t first = map.key(0).offset;
  const std::string indent(first - start_of_line(first), ' ');
  const std::size_t line_break = text_.find('\n', first);
  const bool crlf = line_break != std::string::npos && text_[line_break - 1] == '\r';
  const std::string line_end = crlf ? "\r\n" : "\n";
  std::string text = joined(tagged, indent, line_end);
  YamlTree& expected = mutable_at(expected_, path);
  if (!old.empty()) {
    replace(old, std::move(text), comment, line_end);
    const auto place = item_at(expected, map.items[old.back() - 1].offset);
    entry.items.front().offset = place->offset;
    *place = entry.key(0);
    *(place + 1) = entry.value(0);
    return;
  }
  YamlPath before = find(path, neighbour);
  if (before.empty()) {
    before = path;
    before.push_back(map.items.size() - 1);
  }
  const std::size_t place = end_of_entry(before);
  if (!comment.empty()) text.insert(text.find(line_end), "  " + comment);
  auto item = item_at(expected, map.items[before.back() - 1].offset) + 2;
  // Behind what was put at the same place before.
  const auto earlier = std::ranges::count_if(
      edits_, [place](const Edit& edit) { return edit.begin == place && edit.end == place; });
  item += 2 * earlier;
  const bool open_line = text_[place - 1] != '\n' && earlier == 0;
  edits_.push_back({place, place, (open_line ? line_end : std::string()) + indent + text});
  expected.items.insert(item, {entry.key(0), entry.value(0)});
}

void YamlEditor::remove(const YamlPath& path, std::string_view key) {
  check_map(path);
  const YamlPath value = find(path, key);
  const YamlTree& name = at(path).items[value.back() - 1];
  check_tags_in(name);
  check_tags_in(at(value));
  if (holds_anchor(at(value))) fail(at(value), "the value to remove has an anchor");
  const std::size_t begin = start_of_line(name.offset);
  const std::size_t end = end_of_entry(value);
  if (text_.find_first_not_of(' ', begin) != name.offset) {
    fail(name, "this entry does not begin a line");
  }
  lose_comments(begin, end, "went with the entry that was removed");
  // What was put behind a last line without a line break takes the place of that line.
  for (Edit& edit : edits_) {
    if (edit.begin != end || text_[end - 1] == '\n') continue;
    edit.text.erase(0, edit.text.find_first_not_of("\r\n"));
  }
  edits_.push_back({begin, end, {}});
  removed_.push_back({path, name.offset});
}

std::string YamlEditor::result() const {
  std::vector<Edit> edits = edits_;
  // From the end, so that places before stay what they are; of one place the last one first.
  std::ranges::reverse(edits);
  std::ranges::stable_sort(edits, std::ranges::greater{}, &Edit::begin);
  std::string changed = text_;
  for (const Edit& edit : edits) {
    changed.replace(edit.begin, edit.end - edit.begin, edit.text);
  }
  const auto refuse = [this](std::size_t offset) {
    fail_at(
        source_, position_at(text_, offset),
        "the change would say something else than is meant, because of how this place is written",
        kByHand);
  };
  const std::size_t place = edits.empty() ? 0 : edits.back().begin;
  std::vector<YamlTree> expected = expected_;
  for (const Removed& entry : removed_) {
    YamlTree& map = mutable_at(expected, entry.map);
    const auto item = item_at(map, entry.offset);
    map.items.erase(item, item + 2);
  }
  YamlLimits limits = kLimits;
  limits.bytes += changed.size();
  limits.values += kMostAdded;
  try {
    if (std::ranges::equal(parse_yaml_stream(changed, source_, limits), expected, same_meaning)) {
      return changed;
    }
  } catch (const std::exception&) {
    refuse(place);
  }
  refuse(place);
  return {};
}

}  // namespace capmin
