#include "cli/options_completion.h"

#include "run/option_values.h"

#include <boost/program_options.hpp>

#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;

po::options_description table() {
  po::options_description options("Options");
  options.add_options()("help,h", "print this");
  return options;
}

}  // namespace

Shell parse_completion_options(const std::vector<std::string>& arguments) {
  constexpr const char* kHint = "capmin completion bash|zsh|fish";
  if (arguments.empty()) usage_error("no shell is given", kHint);
  if (arguments.size() > 1) usage_error("'" + arguments[1] + "' is one shell too many", kHint);
  const std::string& name = arguments.front();
  if (name == "bash") return Shell::kBash;
  if (name == "zsh") return Shell::kZsh;
  if (name == "fish") return Shell::kFish;
  usage_error("there is no completion for '" + name + "'", kHint);
}

std::vector<ListedOption> completion_option_list() {
  return listed(table());
}

std::string completion_help() {
  std::ostringstream text;
  text << "usage: capmin completion bash|zsh|fish\n"
          "\n"
          "Prints a script with which the shell completes commands, options, their values, names\n"
          "of capabilities, and files. An installed capmin has them where the shells look. By\n"
          "hand:\n"
          "\n"
          "  bash  source <(capmin completion bash)     in ~/.bashrc\n"
          "  zsh   source <(capmin completion zsh)      in ~/.zshrc, after compinit\n"
          "  fish  capmin completion fish > ~/.config/fish/completions/capmin.fish\n"
          "\n"
       << table() << "\nExit status: 0 done; 2 usage; 8 output not written; 10 internal error.\n";
  return text.str();
}

}  // namespace capmin
