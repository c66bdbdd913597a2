#include "options/docker_words.h"

#include "engine/create_options.h"
#include "text/quote.h"

#include <algorithm>
#include <span>

namespace capmin {
namespace {

using std::string;
using std::vector;

/// A volume holds a path of the container, so it starts with a slash or has one behind a colon;
/// nothing else that may stand behind -v does.
bool is_volume(const string& text) {
  return text.starts_with('/') || text.find(":/") != string::npos;
}

bool is_restart_policy(const string& text) {
  return text == "no" || text == "always" || text == "unless-stopped" || text == "on-failure" ||
         text.starts_with("on-failure:");
}

/// What is left of "--FLAG=true" and "--FLAG=false" for a flag of the engines: the flag, or
/// nothing.
vector<string> without_truth(const string& argument) {
  const auto [name, value] = split_at(argument, '=');
  if (value != "true" && value != "false") return {argument};
  const CreateOption* const option = find_create_option(name);
  if (option == nullptr || !option->value.empty() || name == "--quiet") return {argument};
  return value == "true" ? vector<string>{name} : vector<string>{};
}

/// One that has no effect, as it was written, or is passed on.
OptionValue takes_create_option(const CreateOption& option, ContainerSpec& spec,
                                vector<string>& without_effect) {
  return {string(option.value), [&option, &spec, &without_effect](const GivenOption& given) {
            const string name = "--" + given.name;
            if (option.fate == OptionFate::kNothing) {
              without_effect.push_back(given.value.empty() ? name : name + ' ' + given.value);
            } else if (reaches_container(option, given.value)) {
              spec.options.push_back(
                  {.name = option.value.empty() ? name : name + '=' + given.value, .value = {}});
            } else {
              usage_error(name + (given.value.empty() ? "" : ' ' + given.value) +
                              " is refused: " + string(option.why),
                          string(option.instead));
            }
          }};
}

string names_text(const std::function<bool(const CreateOption&)>& wanted) {
  string text;
  for (const CreateOption& option : create_options()) {
    if (wanted(option)) text += " --" + string(option.name);
  }
  return text;
}

string paragraph(const string& text) {
  constexpr std::size_t kWidth = 88;
  return joined(wrap(text, kWidth), "\n") + '\n';
}

}  // namespace

vector<string> with_docker_words_spelled(const vector<string>& arguments) {
  vector<string> result;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const string& argument = arguments[i];
    const string next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (argument == "--engine-arg" && next.starts_with('-')) {
      // What is no value to the parser where it is an option as well.
      result.push_back(argument + '=' + next);
      ++i;
    } else if (argument == "-v" && is_volume(next)) {
      result.insert(result.end(), {"--volume", next});
      ++i;
    } else if (argument == "-v") {
      result.emplace_back("--verbose");
    } else if (argument.starts_with("-v") && is_volume(argument.substr(2))) {
      result.insert(result.end(), {"--volume", argument.substr(2)});
    } else if (argument == "--restart" && is_restart_policy(next)) {
      result.push_back("--restart-policy=" + next);
      ++i;
    } else if (argument.starts_with("--restart=")) {
      result.push_back("--restart-policy" + argument.substr(argument.find('=')));
    } else {
      const vector<string> rest = without_truth(argument);
      result.insert(result.end(), rest.begin(), rest.end());
    }
  }
  return result;
}

OptionRows docker_rows(ContainerSpec& spec, vector<string>& without_effect) {
  OptionRows rows{
      {"net", takes_text("NETWORK", spec.network), "--network"},
      {"restart-policy",
       {"POLICY",
        [&without_effect](const GivenOption& given) {
          if (!is_restart_policy(given.value)) {
            not_taken("restart", given.value,
                      "no policy but docker's, or, without a value, starts "
                      "each container a second time");
          }
          without_effect.push_back("--restart " + given.value);
        }},
       "",
       OptionScope::kCommandLine},
  };
  for (const CreateOption& option : create_options()) {
    if (option.fate == OptionFate::kOwn || option.name == "restart") continue;
    const string letter = option.letter == 0 ? "" : string(",") + option.letter;
    const bool is_passed_on = option.fate == OptionFate::kPassedOn || !option.but.empty();
    rows.emplace_back(string(option.name) + letter,
                      takes_create_option(option, spec, without_effect), "",
                      is_passed_on ? OptionScope::kSearch : OptionScope::kCommandLine);
  }
  return rows;
}

string docker_rows_text() {
  return paragraph(
             "Of docker's and podman's other options these reach each container as they are:" +
             names_text(
                 [](const CreateOption& option) { return option.fate == OptionFate::kPassedOn; }) +
             "; --engine-arg passes on any that is not known here.") +
         paragraph("These change nothing in a trial and are left out:" +
                   names_text([](const CreateOption& option) {
                     return option.fate == OptionFate::kNothing;
                   }) +
                   " --restart POLICY.") +
         paragraph("These are refused, each with what to write instead:" +
                   names_text([](const CreateOption& option) {
                     return option.fate == OptionFate::kRefused && option.name != "restart";
                   }) +
                   '.');
}

namespace {

/// The arguments with --cap-add and --cap-drop in capmin's words; ALL, which these do not know,
/// goes.
vector<string> with_own_capability_words(const vector<string>& arguments) {
  vector<string> result;
  const auto end = std::ranges::find(arguments, "--");
  for (auto argument = arguments.begin(); argument != end; ++argument) {
    auto [name, value] = split_at(*argument, '=');
    if (name != "--cap-add" && name != "--cap-drop") {
      result.push_back(*argument);
      continue;
    }
    if (argument->size() == name.size() && argument + 1 != end) value = *++argument;
    if (value == "ALL" || value == "all") continue;
    result.insert(result.end(), {name == "--cap-add" ? "--allow" : "--deny", value});
  }
  result.insert(result.end(), end, arguments.end());
  return result;
}

string command_text(const vector<string>& arguments) {
  return "capmin run " + shell_quoted(arguments);
}

void check_capability_words(const vector<string>& arguments) {
  const auto end = std::ranges::find(arguments, "--");
  const auto given = std::find_if(arguments.begin(), end, [](const string& argument) {
    const string name = argument.substr(0, argument.find('='));
    return name == "--cap-add" || name == "--cap-drop";
  });
  if (given == end) return;
  const CreateOption& option = *find_create_option(given->substr(0, given->find('=')));
  usage_error("--" + string(option.name) + " is refused: " + string(option.why),
              string(option.instead) + "\n  " + command_text(with_own_capability_words(arguments)));
}

/// Where the second word is that is no option and no option's value: the first one of a command
/// that lacks its "--". Nothing where there is none, or where something before it is not
/// understood.
std::optional<std::size_t> place_of_second_word(const OptionTable& table,
                                                const vector<string>& arguments) {
  // What stands behind it is not for this table to read.
  for (std::size_t count = 2; count <= arguments.size(); ++count) {
    const auto end = arguments.begin() + static_cast<std::ptrdiff_t>(count);
    int words = 0;
    for (const LoosePart& part : loose_parts(table, {arguments.begin(), end})) {
      if (part.kind == LoosePart::Kind::kUnknownOption) return std::nullopt;
      if (part.kind == LoosePart::Kind::kWord && ++words == 2) return count - 1;
    }
  }
  return std::nullopt;
}

void check_command_place(const OptionTable& table, const vector<string>& arguments) {
  const auto separator = std::ranges::find(arguments, "--");
  const vector<string> front(arguments.begin(), separator);
  const std::optional<std::size_t> second = place_of_second_word(table, front);
  if (!second) return;
  const auto begin = front.begin() + static_cast<std::ptrdiff_t>(*second);
  vector<string> own(front.begin(), begin);
  vector<string> command;
  for (auto argument = begin; argument != front.end(); ++argument) {
    const string name = argument->substr(0, argument->find('='));
    const Option* const option = name.starts_with("--") ? table.find(name.substr(2)) : nullptr;
    // A letter is rather the command's.
    vector<string>& place = option == nullptr ? command : own;
    place.push_back(*argument);
    const bool has_value = option != nullptr && !option->value.name.empty() && name == *argument;
    if (has_value && argument + 1 != front.end()) own.push_back(*++argument);
  }
  own.emplace_back("--");
  own.insert(own.end(), command.begin(), command.end());
  if (separator != arguments.end()) own.insert(own.end(), separator + 1, arguments.end());
  usage_error(
      "'" + *begin + "' is one image too many; the command of the container stands behind --",
      command_text(own));
}

}  // namespace

void check_docker_words(const OptionTable& table, const vector<string>& arguments) {
  check_capability_words(arguments);
  check_command_place(table, arguments);
}

}  // namespace capmin
