#include "cli/completion.h"

#include "core/capability.h"
#include "text/words.h"

#include <algorithm>
#include <sstream>

namespace capmin {
namespace {

/// Words stand in help as they are to be written; what stands for something else is in capitals.
bool is_literal(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || letter == '-';
  });
}

void add_word(Choices& choices, const std::string& word) {
  if (std::ranges::find(choices.words, word) == choices.words.end()) choices.words.push_back(word);
}

/// Adds what stands for an argument in a usage line, such as "[LOGFILE|-]..." or "check".
void add_usage(Choices& choices, const std::string& token) {
  std::string bare = token;
  std::erase_if(bare, [](char letter) { return letter == '[' || letter == ']' || letter == '.'; });
  for (const std::string& part : split(bare, '|')) {
    if (part == "CAPABILITY") {
      choices.capabilities = true;
    } else if (part == "IMAGE" || part == "MASK" || part == "-") {
      continue;
    } else if (is_literal(part)) {
      add_word(choices, part);
    } else {
      choices.files = true;
    }
  }
}

/// Reads "usage: capmin NAME ARGUMENT... [options]" up to the first option.
void add_usage_line(CompletedCommand& command, const std::string& line) {
  const std::size_t begin = line.find("capmin " + command.name);
  if (begin == std::string::npos) return;
  std::vector<std::string> tokens = split(line.substr(begin), ' ');
  std::erase(tokens, "");
  std::size_t place = 0;
  bool repeats = false;
  for (auto token = tokens.begin() + 2; token != tokens.end(); ++token) {
    if (token->starts_with('-') || token->starts_with("[-") || *token == "[options]") break;
    if (*token == "|") {
      // What follows stands in place of what went before.
      place = 0;
      continue;
    }
    add_usage(place == 0 ? command.first : command.rest, *token);
    repeats = token->ends_with("...");
    if (repeats && place == 0) add_usage(command.rest, *token);
    ++place;
  }
}

}  // namespace

Choices choices_for_value(std::string_view name) {
  Choices choices;
  for (const std::string& part : split(name, '|')) {
    if (part == "FILE" || part == "PATH" || part == "DIRECTORY") choices.files = true;
    if (part == "CAP[,CAP]") choices.capabilities = true;
    if (is_literal(part)) add_word(choices, part);
  }
  return choices;
}

CompletedCommand completed_command(const std::string& name, const std::string& help,
                                   std::vector<ListedOption> options) {
  CompletedCommand command{
      .name = name, .summary = {}, .options = std::move(options), .first = {}, .rest = {}};
  for (const std::string& line : split(help.substr(0, help.find("\n\n")), '\n')) {
    add_usage_line(command, line);
  }
  return command;
}

std::string summary_in(std::string_view overview, const std::string& name) {
  const std::vector<std::string> lines = split(overview, '\n');
  const std::string start = "  capmin " + name;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (!line->starts_with(start + ' ')) continue;
    // Behind two blanks, or on a line of its own where the command is long.
    const std::size_t gap = line->find("  ", start.size());
    const auto next = std::next(line);
    if (gap == std::string::npos && next == lines.end()) return {};
    const std::string& text = gap == std::string::npos ? *next : *line;
    return text.substr(text.find_first_not_of(' ', gap == std::string::npos ? 0 : gap));
  }
  return {};
}

std::string capability_words() {
  std::vector<std::string> names;
  for (const CapabilityInfo& each : all_capabilities()) {
    names.emplace_back(each.name);
  }
  return joined(names, " ");
}

}  // namespace capmin
