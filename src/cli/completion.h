#pragma once

#include "options/option_table.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What a shell may offer for a word of the command line.
struct Choices {
  std::vector<std::string> words;
  bool files = false;
  bool capabilities = false;  ///< names of capabilities
};

/// What a value may be that help calls `name`: each part between bars is a word, a file (FILE,
/// PATH), a list of capabilities (CAP[,CAP]) or something that nobody can guess.
Choices choices_for_value(std::string_view name);

/// What a shell knows of a command.
struct CompletedCommand {
  std::string name;
  std::string summary;
  OptionRows options;
  Choices first;  ///< for the first word that is no option
  Choices rest;   ///< for each further one
};

/// What may stand behind `name`, as the usage lines at the top of its help text tell.
CompletedCommand completed_command(const std::string& name, const std::string& help,
                                   OptionRows options);

/// The line on the command `name` in `overview`, the text of `capmin help`; empty where it has
/// none.
std::string summary_in(std::string_view overview, const std::string& name);

/// The names of all capabilities, with blanks between them.
std::string capability_words();

/// The scripts, each complete in itself.
std::string bash_completion(const std::vector<CompletedCommand>& commands);
std::string zsh_completion(const std::vector<CompletedCommand>& commands);
std::string fish_completion(const std::vector<CompletedCommand>& commands);

}  // namespace capmin
