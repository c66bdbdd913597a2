#pragma once

#include "core/capability.h"
#include "engine/choice.h"

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::program_options {
class options_description;
}
namespace boost::program_options {
class options_description;
}

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

/// What `choices` has for the word `text`, given to --`option`; throws Error kUsage for other
/// words.
template <typename Value>
Value chosen(const std::string& option, const std::string& text,
             std::initializer_list<std::pair<std::string_view, Value>> choices) {
  std::string words;
  for (const auto& [word, value] : choices) {
    if (text == word) return value;
    words += (words.empty() ? "" : ", ") + std::string(word);
  }
  not_taken(option, text, words);
}

/// Reads --engine, --host, --context and --engine-timeout; false where `name` is none of them.
bool read_engine_option(const std::string& name, const std::string& value, EngineRequest& request);

/// An option as it stands on a command line, or a word that is none.
struct GivenOption {
  std::string name;   ///< the long one, without dashes; for a word what words are called
  std::string value;  ///< empty for a flag
};

/// The options of `arguments`, in their order, as `table` has them, and between them the words that
/// are no options, called `word`; an empty `word` allows none. Names must be whole. Throws Error
/// kUsage with `hint` for everything else.
std::vector<GivenOption> given_options(const std::vector<std::string>& arguments,
                                       const boost::program_options::options_description& table,
                                       const std::string& word, const std::string& hint);

/// An option as the tables have it that command lines are parsed by.
struct ListedOption {
  std::string name;   ///< the long one, without dashes
  char letter = 0;    ///< the short one; 0 without
  std::string value;  ///< what its value is called, such as "FILE" or "text|json"; empty for a flag
  std::string text;   ///< what help says of it
};

/// The options of a table, in its order.
std::vector<ListedOption> listed(const boost::program_options::options_description& table);

/// The text of src/help/NAME.txt, with `options`, the table of them, in its place.
std::string help_text(std::string_view name, const std::string& options);

}  // namespace capmin
