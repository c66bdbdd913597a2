#pragma once

#include "document/yaml_stream.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The way to a value: the number of its document, then of its place among the items of each list
/// or map inside each other (YamlTree::items, where a map's values have odd numbers).
using YamlPath = std::vector<std::size_t>;

/// The most that is edited, in bytes.
inline constexpr std::size_t kMostEdited = std::size_t{16} << 20U;

/// True where `tag` (YamlTree::tag) is one of YAML itself, such as !!seq, or none was written: the
/// value is what it looks like.
bool is_plain_tag(std::string_view tag);

/// What an editor does with a value that aliases elsewhere in the file take, too.
enum class SharedValues {
  kRefused,
  kChanged,  ///< the caller sees to it that what else changes is meant
};

/// Changes entries of maps in a YAML file and leaves every other byte as it is: comments, quotes,
/// order, line ends. What cannot be changed safely is Error kUsage with its line.
class YamlEditor {
 public:
  /// Reads `text`, at most kMostEdited bytes; `source` names it in errors. `kept_tags` are tags of
  /// the file's own language ("!override") under which a value still is what it looks like: they
  /// may stand on the way to an entry, and a value that is replaced keeps its own.
  YamlEditor(std::string text, std::string source, std::vector<std::string_view> kept_tags = {},
             SharedValues shared = SharedValues::kRefused);

  const std::vector<YamlTree>& documents() const { return documents_; }
  /// The value at `path`, which must exist.
  const YamlTree& at(const YamlPath& path) const;
  /// The path of the value of `key` in the map at `path`; empty where it has no such key. Error
  /// where the key stands there twice.
  YamlPath find(const YamlPath& path, std::string_view key) const;

  /// Where `tree`, one of this file, begins.
  YamlPosition position(const YamlTree& tree) const { return position_at(text_, tree.offset); }

  /// Error kUsage: "SOURCE:LINE:COLUMN: why", at the value.
  [[noreturn]] void fail(const YamlTree& at, const std::string& why,
                         const std::string& hint = {}) const;

  /// Gives `key` in the map at `path` a value: `lines`, a text in YAML whose first line begins with
  /// "key:" and whose others are indented under it. An entry that says the same is left as it is;
  /// another one is replaced, and a comment behind a value of one line is kept; a new entry comes
  /// behind the entry `neighbour`, or else at the end of the map. `comment` ("# ...") comes behind
  /// the first line where no comment of another's stands. The map must be written in lines, not
  /// with braces, and must not be shared by aliases where these are refused. Any other tag than a
  /// plain or kept one, on the map, on what it lies in or in the value to replace, is refused: what
  /// it means is not known.
  void set(const YamlPath& path, std::string_view key, const std::vector<std::string>& lines,
           std::string_view neighbour, const std::string& comment);

  /// Takes the lines of the entry `key` out of the map at `path`, which has it and keeps others,
  /// set ones included. The map and the old value must be as set() wants them, without a kept tag;
  /// the entry must begin a line.
  void remove(const YamlPath& path, std::string_view key);

  /// What set() and remove() had to leave out: comments inside a value that was replaced, and those
  /// of a removed entry, with their lines.
  const std::vector<std::string>& losses() const { return losses_; }

  /// The changed text. It is read again; Error kUsage where it says anything but what was said
  /// before with the entries of set() and without those of remove().
  std::string result() const;

 private:
  struct Edit {
    std::size_t begin;
    std::size_t end;
    std::string text;
  };

  /// An entry that result() takes out of what is expected.
  struct Removed {
    YamlPath map;
    std::size_t offset;  ///< of its key
  };

  void check_map(const YamlPath& path) const;
  void check_unshared(const YamlPath& path) const;
  bool keeps(const YamlTree& tree) const;
  void check_tags_on(const YamlPath& path) const;
  void check_tags_in(const YamlTree& value) const;
  [[noreturn]] void refuse_tag(const YamlTree& tree) const;
  std::size_t end_of_entry(const YamlPath& value) const;
  std::size_t start_of_line(std::size_t offset) const;
  std::string kept_comment(std::size_t begin, std::size_t end);
  void lose_comments(std::size_t begin, std::size_t end, std::string_view how);
  void replace(const YamlPath& value, std::string text, const std::string& comment,
               const std::string& line_end);

  std::string text_;
  std::string source_;
  std::vector<std::string_view> kept_tags_;
  SharedValues shared_;
  std::vector<YamlTree> documents_;
  std::vector<YamlTree> expected_;  ///< what the result must say
  std::vector<Edit> edits_;
  std::vector<Removed> removed_;
  std::vector<std::string> losses_;
};

}  // namespace capmin
