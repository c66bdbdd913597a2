#include "engine/client.h"

#include <utility>

namespace capmin {
namespace {

using Ending = ProcessResult::Ending;

/// An engine keeps waiting for a container as long as it lives; its trial's deadline ends the call.
constexpr std::chrono::hours kNoDeadline{24};

/// No object of this kind has the name that a failed call asked for, by its words.
bool says_missing(Kept kind, std::string_view words) {
  switch (kind) {
    case Kept::kImage:
      return says_no_such_image(words);
    case Kept::kNetwork:
      return says_no_such_network(words);
    case Kept::kContainer:
    case Kept::kVolume:
      break;
  }
  return says_no_such_object(words);
}

/// Podman has no daemon that brings to its end what a client began: one that is killed between a
/// container and its anonymous volumes leaves volumes that nothing names.
Command::Orphaned orphaned(Dialect dialect, const std::string& command) {
  const bool leaves_halves =
      dialect == Dialect::kPodman &&
      (command == "create" || command == "rm" || command == "network" || command == "volume");
  return leaves_halves ? Command::Orphaned::kGoesOn : Command::Orphaned::kEnded;
}

}  // namespace

std::string_view name_of(Kept kind) {
  switch (kind) {
    case Kept::kContainer:
      return "container";
    case Kept::kImage:
      return "image";
    case Kept::kNetwork:
      return "network";
    case Kept::kVolume:
      return "volume";
  }
  return "";
}

Client::Client(ProcessRunner& runner, std::vector<std::string> command,
               std::chrono::milliseconds deadline)
    : runner_(runner),
      command_(std::move(command)),
      dialect_(dialect_of(command_.front())),
      deadline_(deadline) {}

std::vector<std::string> Client::command_line(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = command_;
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

ProcessResult Client::call(const std::vector<std::string>& arguments,
                           std::chrono::milliseconds deadline, Command::Streams streams) {
  ProcessResult result = runner_.run({.argv = command_line(arguments),
                                      .deadline = deadline,
                                      .output_limit = kLogLimit,
                                      .streams = streams,
                                      .orphaned = orphaned(dialect_, arguments.front())});
  if (result.ok()) warnings_.note(result.err);
  return result;
}

std::string Client::checked(const std::vector<std::string>& arguments) {
  ProcessResult result = call(arguments);
  if (!result.ok())
    throw engine_error(name(), "run '" + name() + ' ' + arguments[0] + '\'', result);
  return std::move(result.out);
}

std::optional<std::string> Client::start(const std::string& container) {
  const ProcessResult result = call({"start", container});
  if (result.ok()) return std::nullopt;
  // The client tells "the engine could not start it" and "no engine" apart only by its words.
  if (result.ending == Ending::kExited && says_start_failed(result.err)) {
    return one_line(result.err);
  }
  throw engine_error(name(), "start the container " + container, result);
}

void Client::stop(const std::string& container) {
  const ProcessResult result = call({"stop", container}, deadline_ + kStopPatience);
  if (!result.ok()) throw engine_error(name(), "run '" + name() + " stop'", result);
}

std::optional<std::string> Client::inspect(Kept kind, const std::string& object) {
  const std::string kind_name(name_of(kind));
  ProcessResult result = call({kind_name, "inspect", "--", object});
  if (result.ok()) return std::move(result.out);
  if (result.ending == Ending::kExited && says_missing(kind, result.err)) return std::nullopt;
  throw engine_error(name(), "look at the " + kind_name + ' ' + object, result);
}

std::string Client::logs(const std::string& container) {
  ProcessResult result = call({"logs", container}, deadline_, Command::Streams::kMerged);
  if (!result.ok()) {
    result.err = result.out;
    throw engine_error(name(), "read the log of " + container, result);
  }
  return warnings_.removed_from(result.out);
}

void Client::when_ended(const std::string& container, std::stop_token stop,
                        std::function<void()> done) {
  runner_.start(
      {.argv = command_line(wait_arguments(dialect_, container)), .deadline = kNoDeadline},
      std::move(stop), [done = std::move(done)](const ProcessResult&) { done(); });
}

ProcessResult Client::exec(const std::string& container, const std::vector<std::string>& program,
                           const ProgramVariables& environment, std::chrono::milliseconds deadline,
                           const std::stop_token& stop) {
  std::vector<std::string> arguments{"exec"};
  for (const auto& [key, value] : environment) {
    arguments.insert(arguments.end(), {"--env", std::string(key).append("=").append(value)});
  }
  arguments.push_back(container);
  arguments.insert(arguments.end(), program.begin(), program.end());
  ProcessResult result = runner_.run(
      {.argv = command_line(arguments), .deadline = deadline, .streams = Command::Streams::kMerged},
      stop);
  if (result.ending == Ending::kExited && !result.ok() &&
      says_exec_trouble(dialect_, warnings_.removed_from(result.out))) {
    result.err = result.out;
    throw engine_error(name(), "run a program in " + container, result);
  }
  return result;
}

std::vector<std::string> Client::remove_arguments(Kept kind, const std::string& object) const {
  if (kind == Kept::kContainer) return capmin::remove_arguments(dialect_, object);
  // Podman's -f would remove with a network the containers that are connected to it, whosever they
  // are, and docker before 23 does not know it.
  if (kind == Kept::kNetwork) return {"network", "rm", object};
  return {std::string(name_of(kind)), "rm", "-f", object};
}

bool Client::remove(Kept kind, const std::string& object) {
  const ProcessResult result = call(remove_arguments(kind, object));
  return result.ok() || says_missing(kind, result.err);
}

}  // namespace capmin
