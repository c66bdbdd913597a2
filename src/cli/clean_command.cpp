#include "cli/commands.h"
#include "core/error.h"
#include "engine/arguments.h"
#include "engine/leftovers.h"
#include "options/command_options.h"
#include "system/file.h"
#include "text/quote.h"
#include "text/sanitize.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <iterator>

namespace capmin {
namespace {

using Kind = Leftover::Kind;

std::string kind_of(const Leftover& leftover) {
  switch (leftover.kind) {
    case Kind::kContainer:
      return "container";
    case Kind::kNetwork:
      return "network";
    case Kind::kVolume:
      return "volume";
    case Kind::kDirectory:
      break;
  }
  return "directory";
}

std::string description(const Leftover& leftover) {
  return kind_of(leftover) + ' ' + sanitize(leftover.name);
}

std::string removal(const Leftover& leftover, const Engine& engine) {
  switch (leftover.kind) {
    case Kind::kContainer:
      return shell_quoted(engine.command_line(engine.remove_arguments(leftover.name)));
    case Kind::kNetwork:
    case Kind::kVolume:
      return shell_quoted(engine.command_line({kind_of(leftover), "rm", leftover.name}));
    case Kind::kDirectory:
      break;
  }
  return shell_quoted({"rm", "-r", leftover.name});
}

std::vector<Leftover> found_everywhere(Engine& engine) {
  std::vector<Leftover> found = find_on_engine(engine, std::nullopt);
  std::vector<Leftover> directories = find_directories(std::nullopt);
  found.insert(found.end(), std::move_iterator(directories.begin()),
               std::move_iterator(directories.end()));
  return found;
}

/// Says that nobody can tell from here whether it is in use.
void name_undecided(const Leftover& leftover, const Engine& engine) {
  const std::string text =
      "left alone: " + description(leftover) + ": whether process " +
      std::to_string(leftover.owner.pid) +
      " of another machine or pid namespace still runs cannot be told from here\n"
      "  hint: if it does not: " +
      removal(leftover, engine) + '\n';
  static_cast<void>(std::fputs(text.c_str(), stderr));
}

}  // namespace

std::vector<std::string> clean_command_line(const std::vector<std::string>& client) {
  std::vector<std::string> argv{"capmin", "clean", "--engine"};
  argv.insert(argv.end(), client.begin(), client.end());
  return argv;
}

ExitCode clean_command(const std::vector<std::string>& arguments) {
  const CleanOptions options = parse_clean_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  ProcessRunner runner;
  const ChosenEngine chosen = choose_engine(options.engine, runner);
  Engine engine(runner, chosen.command, options.engine.timeout);
  if (!chosen.note.empty()) {
    static_cast<void>(std::fputs((sanitize(chosen.note) + '\n').c_str(), stderr));
  }
  std::string report;
  std::optional<Error> trouble;
  for (const Leftover& leftover : found_everywhere(engine)) {
    const Presence owner = presence_of(leftover.owner);
    if (owner == Presence::kRuns) continue;
    if (owner == Presence::kUnknown) {
      name_undecided(leftover, engine);
    } else if (options.dry_run) {
      report += "would remove " + description(leftover) + '\n';
    } else if (remove(leftover, engine)) {
      report += "removed " + description(leftover) + '\n';
    } else if (!trouble) {
      const bool is_directory = leftover.kind == Kind::kDirectory;
      trouble = Error(is_directory ? ExitCode::kOutput : ExitCode::kEngine,
                      description(leftover) + " could not be removed",
                      "try it by hand: " + removal(leftover, engine));
    }
  }
  if (report.empty() && !trouble) report = "nothing is left of runs that have ended\n";
  write_standard_output(report);
  if (trouble) throw Error(*trouble);
  return ExitCode::kDone;
}

}  // namespace capmin
