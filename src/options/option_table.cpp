#include "options/option_table.h"

#include "core/error.h"
#include "text/embedded.h"
#include "text/spelling.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;

Capability parse_capability(const string& name, const string& option) {
  if (const std::optional<Capability> capability = capability_named(name)) return *capability;
  usage_error("--" + option + ": there is no capability '" + name + "'",
              hint_for(name, CapabilitySet::from_bits(~0ULL).names(),
                       "names are those of capabilities(7), e.g. NET_ADMIN"));
}

po::options_description described(const OptionTable::Group& group) {
  po::options_description description(group.title);
  for (const Option& row : group.rows) {
    const string name = row.letter == 0 ? row.name : row.name + ',' + row.letter;
    if (row.value.name.empty()) {
      description.add_options()(name.c_str(), row.text.c_str());
    } else {
      description.add_options()(name.c_str(), po::value<string>()->value_name(row.value.name),
                                row.text.c_str());
    }
  }
  return description;
}

void add_help(OptionRows& rows) {
  rows.push_back({"help,h", {}, "print this", OptionScope::kCommandLine});
}

/// Puts `text` in the place of the line `mark`, which must be there.
void replace_line(std::string_view mark, const string& text, string& page) {
  const std::size_t place = page.find(mark);
  assert(place != string::npos);
  page.replace(place, mark.size(), text);
}

}  // namespace

void usage_error(const string& what, const string& hint) {
  throw Error(ExitCode::kUsage, what, hint);
}

void not_taken(const string& option, const string& text, const string& words) {
  std::vector<std::string_view> each;
  for (std::size_t begin = 0; begin < words.size();) {
    constexpr std::string_view kBetween = ", ";
    const std::size_t end = std::min(words.find(kBetween, begin), words.size());
    each.push_back(std::string_view(words).substr(begin, end - begin));
    begin = end + kBetween.size();
  }
  usage_error("--" + option + " does not take '" + text + "'",
              hint_for(text, each, "it takes " + words));
}

std::chrono::milliseconds parse_duration(const string& text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::array<std::pair<std::string_view, long long>, 5> kUnits{
      {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}}};
  const auto* const row =
      std::ranges::find(kUnits, unit, &std::pair<std::string_view, long long>::first);
  constexpr long long kLongest = 365LL * 24 * 3600;
  if (error != std::errc() || row == kUnits.end() || number <= 0 || number > kLongest) {
    usage_error("'" + text + "' is not a span of time", "write for instance 30s, 500ms or 2m");
  }
  return std::chrono::milliseconds(number * row->second);
}

CapabilitySet parse_capabilities(const string& list, const string& option) {
  CapabilitySet set;
  std::stringstream names(list);
  string name;
  while (std::getline(names, name, ',')) {
    set = set.with(parse_capability(name, option));
  }
  if (set.empty()) usage_error("--" + option + " names no capability");
  return set;
}

int parse_number(const string& option, const string& text, int least, int most) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number < least || number > most) {
    not_taken(option, text,
              "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

OptionValue takes_text(const char* name, string& target) {
  return {name, [&target](const GivenOption& given) { target = given.value; }};
}

OptionValue takes_texts(const char* name, std::vector<string>& targets) {
  return {name, [&targets](const GivenOption& given) { targets.push_back(given.value); }};
}

Option::Option(std::string_view named, OptionValue takes, const char* says, OptionScope may)
    : name(named.substr(0, named.find(','))),
      letter(name.size() == named.size() ? '\0' : named.back()),
      value(std::move(takes)),
      text(says),
      scope(may) {}

OptionRows rows_of(std::initializer_list<OptionRows> parts) {
  OptionRows rows;
  for (const OptionRows& part : parts) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

OptionTable option_table(string command, OptionValue word, OptionRows rows) {
  return {std::move(command), std::move(word), {{"Options", std::move(rows)}}};
}

OptionRows OptionTable::rows() const {
  OptionRows all;
  for (const Group& group : groups) {
    all.insert(all.end(), group.rows.begin(), group.rows.end());
  }
  add_help(all);
  return all;
}

const Option* OptionTable::find(std::string_view name) const {
  for (const Group& group : groups) {
    const auto row = std::ranges::find(group.rows, name, &Option::name);
    if (row != group.rows.end()) return &*row;
  }
  const auto other = std::ranges::find(others, name, &Option::name);
  return other == others.end() ? nullptr : &*other;
}

std::vector<string> OptionTable::names() const {
  std::vector<string> result;
  for (const OptionRows& part : {rows(), others}) {
    for (const Option& row : part) {
      result.push_back("--" + row.name);
    }
  }
  return result;
}

string OptionTable::help() const {
  std::ostringstream options;
  for (const Group& group : groups) {
    Group shown = group;
    if (&group == &groups.back()) add_help(shown.rows);
    options << (&group == &groups.front() ? "" : "\n") << described(shown);
  }
  string text = help_text(command);
  replace_line("{options}\n", options.str(), text);
  if (!formats.empty()) replace_line("{formats}\n", formats, text);
  if (!of_others.empty()) replace_line("{others}\n", of_others, text);
  return text;
}

namespace {

/// What is parsed, in the words of the library; `use` gets the parser, which holds no more than
/// references to them.
template <typename Use>
auto with_parser(const OptionTable& table, const std::vector<string>& arguments, const Use& use) {
  po::options_description all = described({"", rows_of({table.rows(), table.others})});
  po::positional_options_description positions;
  if (table.word.read) {
    all.add_options()(table.word.name.c_str(), po::value<string>());
    positions.add(table.word.name.c_str(), -1);
  }
  const auto style =
      po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  po::command_line_parser parser(arguments);
  return use(parser.options(all).positional(positions).style(style));
}

std::vector<std::string_view> views(const std::vector<string>& texts) {
  return {texts.begin(), texts.end()};
}

/// Throws Error kUsage for an option that the table does not have.
[[noreturn]] void unknown_option(const OptionTable& table, const string& option) {
  // A name of one letter is near to nothing.
  const string name = option.substr(0, option.find('='));
  const std::vector<string> names = table.names();
  // Where those of the engines are taken, what is like none of them may be another of these.
  const bool may_be_engines =
      !table.others.empty() && name.starts_with("--") && near_misses(name, views(names)).empty();
  usage_error("unrecognised option '" + name + "'",
              may_be_engines ? "if it is an option of the engine, --engine-arg=" + name +
                                   " passes it on; " + table.hint()
                             : hint_for(name, views(names), table.hint()));
}

/// Whether one dash stands before a long name, whose letters would be taken for options.
bool lacks_dash(const OptionTable& table, const po::option& option) {
  if (option.original_tokens.empty()) return false;
  const string& token = option.original_tokens.front();
  if (token.size() < 4 || token[0] != '-' || token[1] == '-') return false;
  const string name = token.substr(1, token.find('=') - 1);
  return name.size() > 2 && table.find(name) != nullptr;
}

}  // namespace

std::vector<LoosePart> loose_parts(const OptionTable& table, const std::vector<string>& arguments) {
  std::vector<LoosePart> parts;
  try {
    with_parser(table, arguments, [&](po::command_line_parser& parser) {
      for (const po::option& option : parser.allow_unregistered().run().options) {
        const LoosePart::Kind kind =
            option.unregistered || lacks_dash(table, option) ? LoosePart::Kind::kUnknownOption
            : option.string_key == table.word.name           ? LoosePart::Kind::kWord
                                                             : LoosePart::Kind::kOption;
        parts.push_back({kind, option.original_tokens});
      }
    });
  } catch (const po::error&) {
    return {};
  }
  return parts;
}

void read_options(const OptionTable& table, const std::vector<string>& arguments) {
  std::vector<GivenOption> given;
  try {
    with_parser(table, arguments, [&](po::command_line_parser& parser) {
      for (const po::option& option : parser.run().options) {
        if (lacks_dash(table, option)) unknown_option(table, option.original_tokens.front());
        given.push_back(
            {option.string_key, option.value.empty() ? "" : option.value.front(), table.hint()});
      }
    });
  } catch (const po::unknown_option& error) {
    unknown_option(table, error.get_option_name());
  } catch (const po::error& error) {
    usage_error(error.what(), table.hint());
  }
  for (const GivenOption& option : given) {
    const Option* const row = table.find(option.name);
    // main() prints the help text before a command sees its arguments.
    if (row == nullptr && option.name == "help") continue;
    (row == nullptr ? table.word : row->value).read(option);
  }
}

string help_text(std::string_view name) {
  const std::vector<EmbeddedPage> pages = embedded_help();
  const auto page = std::ranges::find(pages, name, &EmbeddedPage::name);
  assert(page != pages.end());
  return string(page->text);
}

}  // namespace capmin
