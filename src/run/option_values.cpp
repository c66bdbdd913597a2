#include "run/option_values.h"

#include "core/error.h"
#include "text/embedded.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <sstream>

namespace capmin {
namespace {

Capability parse_capability(const std::string& name, const std::string& option) {
  if (const std::optional<Capability> capability = capability_named(name)) return *capability;
  usage_error("--" + option + ": there is no capability '" + name + "'",
              "names are those of capabilities(7), e.g. NET_ADMIN");
}

}  // namespace

void usage_error(const std::string& what, const std::string& hint) {
  throw Error(ExitCode::kUsage, what, hint);
}

void not_taken(const std::string& option, const std::string& text, const std::string& words) {
  usage_error("--" + option + " does not take '" + text + "'", "it takes " + words);
}

std::chrono::milliseconds parse_duration(const std::string& text) {
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

CapabilitySet parse_capabilities(const std::string& list, const std::string& option) {
  CapabilitySet set;
  std::stringstream names(list);
  std::string name;
  while (std::getline(names, name, ',')) {
    set = set.with(parse_capability(name, option));
  }
  if (set.empty()) usage_error("--" + option + " names no capability");
  return set;
}

int parse_number(const std::string& option, const std::string& text, int least, int most) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number < least || number > most) {
    not_taken(option, text,
              "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

bool read_engine_option(const std::string& name, const std::string& value, EngineRequest& request) {
  if (name == "engine") {
    request.dialect = chosen<std::optional<Dialect>>(
        name, value,
        {{"auto", std::nullopt}, {"docker", Dialect::kDocker}, {"podman", Dialect::kPodman}});
  } else if (name == "host") {
    request.host = value;
  } else if (name == "context") {
    request.context = value;
  } else if (name == "engine-timeout") {
    request.timeout = parse_duration(value);
  } else {
    return false;
  }
  return true;
}

namespace po = boost::program_options;

std::vector<GivenOption> given_options(const std::vector<std::string>& arguments,
                                       const po::options_description& table,
                                       const std::string& word, const std::string& hint) {
  po::options_description all;
  all.add(table);
  po::positional_options_description positions;
  if (!word.empty()) {
    all.add_options()(word.c_str(), po::value<std::string>());
    positions.add(word.c_str(), -1);
  }
  std::vector<GivenOption> given;
  try {
    const auto style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed =
        po::command_line_parser(arguments).options(all).positional(positions).style(style).run();
    for (const po::option& option : parsed.options) {
      given.push_back(
          {option.string_key, option.value.empty() ? std::string() : option.value.front()});
    }
  } catch (const po::error& error) {
    usage_error(error.what(), hint);
  }
  return given;
}

namespace po = boost::program_options;

std::vector<ListedOption> listed(const po::options_description& table) {
  std::vector<ListedOption> options;
  for (const auto& described : table.options()) {
    ListedOption& option = options.emplace_back();
    option.name = described->long_name();
    // "-o" where there is a letter, the long name without dashes where there is none.
    const std::string display =
        described->canonical_display_name(po::command_line_style::allow_dash_for_short);
    if (display.size() == 2 && display.front() == '-') option.letter = display.back();
    if (described->semantic()->max_tokens() != 0) option.value = described->semantic()->name();
    option.text = described->description();
  }
  return options;
}

std::string help_text(std::string_view name, const std::string& options) {
  constexpr std::string_view kOptions = "{options}\n";
  const std::vector<EmbeddedPage> pages = embedded_help();
  const auto page = std::ranges::find(pages, name, &EmbeddedPage::name);
  assert(page != pages.end());
  std::string text(page->text);
  const std::size_t place = text.find(kOptions);
  return place == std::string::npos ? text : text.replace(place, kOptions.size(), options);
}

}  // namespace capmin
