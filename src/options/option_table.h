#pragma once

#include "core/capability.h"
#include "core/enum_words.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// Throws Error kUsage.
[[noreturn]] void usage_error(const std::string& what,
                              const std::string& hint = "see capmin run --help");

/// A span of time as users write it: "30" and "30s" are seconds, also "500ms", "2m", "1h".
/// Throws Error kUsage for anything else and for zero.
std::chrono::milliseconds parse_duration(const std::string& text);

/// The capabilities of a list NAME[,NAME], given to --`option`. Throws Error kUsage where a name is
/// no capability's, or where there is none.
CapabilitySet parse_capabilities(const std::string& list, const std::string& option);

/// The whole number in `text`, given to --`option`; throws Error kUsage unless it is one from
/// `least` to `most`.
int parse_number(const std::string& option, const std::string& text, int least, int most);

/// Throws Error kUsage: --`option` does not take `text`, it takes one of `words`.
[[noreturn]] void not_taken(const std::string& option, const std::string& text,
                            const std::string& words);

/// An option as it stands on a command line, or a word that is none.
struct GivenOption {
  std::string name;   ///< the long one, without dashes; for a word what words are called
  std::string value;  ///< empty for a flag
  std::string hint;   ///< where to read about the command's options

  /// Throws Error kUsage with that hint.
  [[noreturn]] void refuse(const std::string& what) const { usage_error(what, hint); }
};

/// What stands behind an option, and where it goes. The objects that values are bound to must
/// outlive them.
struct OptionValue {
  std::string name;  ///< such as "FILE" or "text|json"; empty for a flag
  std::function<void(const GivenOption&)> read;
  std::string words = {};  ///< between bars, where `name` does not have them

  /// What shells can offer.
  const std::string& offered() const { return words.empty() ? name : words; }
};

/// A flag that sets `target` to `value`.
template <typename Target>
OptionValue sets(Target& target, Target value) {
  return {"", [&target, value](const GivenOption&) { target = value; }};
}
inline OptionValue sets(bool& target) {
  return sets(target, true);
}

/// A text; the last one counts.
OptionValue takes_text(const char* name, std::string& target);

/// Texts that are collected.
OptionValue takes_texts(const char* name, std::vector<std::string>& targets);

/// A whole number from `least` to `most`, for an int or an optional one.
template <typename Target>
OptionValue takes_number(Target& target, int least, int most) {
  return {"N", [&target, least, most](const GivenOption& given) {
            target = parse_number(given.name, given.value, least, most);
          }};
}

/// A span of time, see parse_duration().
template <typename Target>
OptionValue takes_time(Target& target) {
  return {"TIME", [&target](const GivenOption& given) { target = parse_duration(given.value); }};
}

/// Words, and what each stands for.
template <typename Value>
using OptionWords = std::vector<std::pair<std::string, Value>>;

/// Those of `table`, behind others.
template <typename Value, typename Enum, std::size_t Count>
OptionWords<Value> option_words(const std::array<EnumWord<Enum>, Count>& table,
                                OptionWords<Value> words = {}) {
  for (const EnumWord<Enum>& each : table) {
    words.emplace_back(each.word, each.value);
  }
  return words;
}

/// The words alone, with `between` between them.
template <typename Value>
std::string joined(const OptionWords<Value>& words, std::string_view between) {
  std::vector<std::string> texts;
  std::ranges::transform(words, std::back_inserter(texts), &OptionWords<Value>::value_type::first);
  return joined(texts, between);
}

/// What `words` has for the value of `given`; throws Error kUsage for other words.
template <typename Value>
Value chosen_word(const GivenOption& given, const OptionWords<Value>& words) {
  for (const auto& [word, value] : words) {
    if (given.value == word) return value;
  }
  not_taken(given.name, given.value, joined(words, ", "));
}

/// One of several words.
template <typename Target>
OptionValue takes_word(Target& target, const OptionWords<std::type_identity_t<Target>>& words) {
  return {joined(words, "|"),
          [&target, words](const GivenOption& given) { target = chosen_word(given, words); }};
}

/// Who may set an option: the batch file of a job has those of the search, without their dashes.
enum class OptionScope { kSearch, kCommandLine };

/// A row of a command's table.
struct Option {
  /// `named` is the long name, and behind a comma the letter: "output,o".
  Option(std::string_view named, OptionValue takes, const char* says,
         OptionScope may = OptionScope::kSearch);

  std::string name;  ///< without dashes
  char letter = 0;   ///< 0 without
  OptionValue value;
  std::string text;  ///< what help says of it
  OptionScope scope;
};

using OptionRows = std::vector<Option>;

/// All rows in one.
OptionRows rows_of(std::initializer_list<OptionRows> parts);

/// The options of a command: what its command line is read by, what help, completions and the
/// manual page show, and the keys of a batch file.
struct OptionTable {
  struct Group {
    std::string title;
    OptionRows rows;
  };
  std::string command;  ///< its name
  OptionValue word;     ///< for words that are no options; without `read` there are none
  std::vector<Group> groups;
  std::string formats = {};    ///< a line for each; they stand in the help text for {formats}
  OptionRows others = {};      ///< taken as well, without a row in help
  std::string of_others = {};  ///< what help says of them instead, in place of {others}

  /// In the order in which help shows them; --help is the last. Without `others`.
  OptionRows rows() const;
  /// Nothing where there is none of that name, among `others` neither.
  const Option* find(std::string_view name) const;
  /// The long names, of `others` as well, with their dashes.
  std::vector<std::string> names() const;
  /// Where to read about them.
  std::string hint() const { return "see capmin " + command + " --help"; }
  /// The command's help text: src/help/COMMAND.txt with the options in their place.
  std::string help() const;
};

/// A table with one group.
OptionTable option_table(std::string command, OptionValue word, OptionRows rows);

/// What stands on a command line where it is not understood as a whole.
struct LoosePart {
  enum class Kind { kOption, kUnknownOption, kWord };
  Kind kind{};
  std::vector<std::string> arguments;  ///< the option and its value, or the word
};

/// The arguments one after another, as read_options() would take them apart, but with options that
/// the table does not have. Empty where an option lacks its value.
std::vector<LoosePart> loose_parts(const OptionTable& table,
                                   const std::vector<std::string>& arguments);

/// Reads the arguments in their order into what the table's values are bound to. Names must be
/// whole. Throws Error kUsage, with what to write instead, for everything that is not understood.
void read_options(const OptionTable& table, const std::vector<std::string>& arguments);

/// The table of the command that `Options` belongs to, for those who only look at it.
template <typename Options>
const OptionTable& table_for() {
  static Options nowhere;
  static const OptionTable table = table_of(nowhere);
  return table;
}

/// The text of src/help/NAME.txt.
std::string help_text(std::string_view name);

}  // namespace capmin
