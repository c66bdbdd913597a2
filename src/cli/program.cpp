#include "cli/program.h"

#include "cli/options_table.h"
#include "cli/run_command.h"
#include "cli/standard_output.h"
#include "core/error.h"
#include "diagnosis/sanitize.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace capmin {
namespace {

constexpr std::string_view kHelp =
    "usage: capmin COMMAND [ARG...]\n"
    "\n"
    "Finds the smallest set of Linux capabilities a container image needs, and proves it.\n"
    "\n"
    "  capmin run IMAGE --probe FILE [options] [-- COMMAND [ARG...]]\n"
    "                         find, prove and write the minimal set of an image\n"
    "  capmin help [COMMAND]  this text, or all about a command\n"
    "  capmin version         the version\n";

bool asks_for_help(const std::vector<std::string>& arguments) {
  const auto end = std::ranges::find(arguments, "--");
  return std::any_of(arguments.begin(), end, [](const std::string& argument) {
    return argument == "--help" || argument == "-h";
  });
}

[[noreturn]] void no_such_command(const std::string& name) {
  throw Error(ExitCode::kUsage, "there is no command '" + sanitize(name) + "'", "see capmin help");
}

int print(std::string_view text) {
  write_standard_output(text);
  return static_cast<int>(ExitCode::kDone);
}

int help(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return print(kHelp);
  if (arguments.front() == "run") return print(run_help());
  no_such_command(arguments.front());
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    throw Error(ExitCode::kUsage, "no command is given", "see capmin help");
  }
  const std::string& name = arguments.front();
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (name == "--help" || name == "-h" || name == "help") return help(rest);
  if (name == "--version" || name == "version") return print("capmin " CAPMIN_VERSION "\n");
  if (name != "run") no_such_command(name);
  return asks_for_help(rest) ? help({name}) : run_command(rest);
}

int report(const Error& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  if (!error.hint().empty()) std::fprintf(stderr, "  hint: %s\n", error.hint().c_str());
  return static_cast<int>(error.code());
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto log = spdlog::stderr_logger_mt("capmin");
  log->set_pattern("%H:%M:%S.%e  %v");
  spdlog::set_default_logger(log);
  try {
    return dispatch(arguments);
  } catch (const Error& error) {
    return report(error);
  } catch (const std::exception& error) {
    return report(Error(ExitCode::kInternal, std::string("internal error: ") + error.what(),
                        "this is a fault of capmin; please report it"));
  }
}

}  // namespace capmin
