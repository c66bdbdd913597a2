#include "engine/engine.h"

#include "engine/arguments.h"
#include "engine/dialect.h"
#include "engine/leftovers.h"
#include "system/process_identity.h"
#include "text/quote.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <sstream>
#include <string_view>

namespace capmin {
namespace {

using Ending = ProcessResult::Ending;
using std::chrono::milliseconds;

constexpr std::chrono::minutes kPullDeadline{15};
/// An engine keeps waiting for a container as long as it lives; its trial's deadline ends the call.
constexpr std::chrono::hours kNoDeadline{24};
/// Docker writes out 75 MB in a second; what takes longer is not worth its wait.
constexpr std::chrono::minutes kExportDeadline{1};
/// What an engine gives a container by default to end by its stop signal.
constexpr std::chrono::seconds kStopPatience{10};
constexpr std::size_t kLogLimit = 4U << 20U;
/// Twice what the headers of one file take, with its extended attributes.
constexpr std::size_t kArchiveLimit = 1U << 18U;

/// Podman has no daemon that brings to its end what a client began: one that is killed between a
/// container and its anonymous volumes leaves volumes that nothing names.
Command::Orphaned orphaned(Dialect dialect, const std::string& command) {
  const bool leaves_halves = dialect == Dialect::kPodman &&
                             (command == "create" || command == "rm" || command == "volume");
  return leaves_halves ? Command::Orphaned::kGoesOn : Command::Orphaned::kEnded;
}

}  // namespace

Engine::Engine(ProcessRunner& runner, std::vector<std::string> command,
               std::chrono::milliseconds deadline)
    : runner_(runner),
      command_(std::move(command)),
      dialect_(dialect_of(command_.front())),
      deadline_(deadline) {}

std::vector<std::string> Engine::command_line(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = command_;
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

ProcessResult Engine::call(const std::vector<std::string>& arguments,
                           std::chrono::milliseconds deadline, Command::Streams streams) {
  ProcessResult result = runner_.run({.argv = command_line(arguments),
                                      .deadline = deadline,
                                      .output_limit = kLogLimit,
                                      .streams = streams,
                                      .orphaned = orphaned(dialect_, arguments.front())});
  if (result.ok()) warnings_.note(result.err);
  return result;
}

std::string Engine::checked(const std::vector<std::string>& arguments) {
  ProcessResult result = call(arguments);
  if (!result.ok())
    throw engine_error(name(), "run '" + name() + ' ' + arguments[0] + '\'', result);
  return std::move(result.out);
}

void Engine::check() {
  checked({"version", "--format", "{{json .}}"});
}

bool Engine::await_answer(std::chrono::milliseconds patience, const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  // One that works answers in a fraction of it, also on a busy machine.
  constexpr milliseconds kLongestAnswer{5'000};
  constexpr milliseconds kFirstPause{100};
  constexpr milliseconds kLongestPause{2'000};
  const Clock::time_point end = Clock::now() + patience;
  std::mutex mutex;
  std::condition_variable_any changed;
  for (milliseconds pause = kFirstPause; !stop.stop_requested();
       pause = std::min(2 * pause, kLongestPause)) {
    const ProcessResult answer =
        runner_.run({.argv = command_line({"version", "--format", "{{json .}}"}),
                     .deadline = std::min(deadline_, kLongestAnswer)},
                    stop);
    if (answer.ok()) return true;
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, std::min(pause, left), [] { return false; });
  }
  return false;
}

EngineFacts Engine::facts() {
  std::future<std::string> info = std::async(std::launch::async, [this] {
    return checked({"info", "--format", "{{json .}}"});
  });
  const std::string version = checked({"version", "--format", "{{json .}}"});
  return parse_engine_facts(version, info.get());
}

std::optional<ImageFacts> Engine::find_image(const std::string& reference) {
  const ProcessResult result = call({"image", "inspect", "--", reference});
  if (result.ok()) return parse_image_facts(result.out);
  if (result.ending == Ending::kExited && says_no_such_image(result.err)) return std::nullopt;
  throw engine_error(name(), "look at the image " + reference, result);
}

void Engine::pull(const std::string& reference, const std::string& platform) {
  std::vector<std::string> arguments{"pull", "--quiet"};
  if (!platform.empty()) arguments.insert(arguments.end(), {"--platform", platform});
  arguments.insert(arguments.end(), {"--", reference});
  const ProcessResult result = call(arguments, kPullDeadline);
  if (result.ok()) return;
  const Error error = engine_error(name(), "pull the image " + reference, result);
  if (result.ending != Ending::kExited || says_unusable(dialect_, one_line(result.err))) {
    throw Error(error);
  }
  throw Error(ExitCode::kImageMissing, error.what(),
              "check the name, or make the image first and use --pull never");
}

std::optional<std::string> Engine::create(const std::vector<std::string>& arguments) {
  const ProcessResult result = call(arguments);
  if (result.ok()) return one_line(result.out);
  if (says_name_is_taken(result.err)) return std::nullopt;
  if (says_no_such_image(result.err)) {
    throw Error(ExitCode::kImageMissing, "the image is gone: " + one_line(result.err),
                "make or pull it again");
  }
  const Error error = engine_error(name(), "create a container", result);
  const std::string words = one_line(result.err);
  if (result.ending != Ending::kExited || says_unusable(dialect_, words) ||
      !says_create_refused(dialect_, words, result.status)) {
    throw Error(error);
  }
  throw RefusedContainer(error, words);
}

CapabilitySet Engine::accepted(CapabilitySet wanted, const std::string& image) {
  ContainerSpec spec;
  spec.image = image;
  spec.ports = Ports::kEngine;
  // For images without a program of their own; it is never started.
  spec.command = {"true"};
  const std::string id = random_id();
  TrialIdentity identity{.name = "capmin-" + id + "-accepted",
                         .labels = run_labels(id, process_identity()),
                         .grant = {}};
  for (;;) {
    identity.grant = wanted;
    const ProcessResult result = call(create_arguments(spec, identity));
    if (result.ok()) {
      remove(identity.name);
      return wanted;
    }
    const auto unknown = unknown_capability(result.err);
    if (!unknown || !wanted.contains(*unknown)) {
      throw engine_error(name(), "create a container", result);
    }
    wanted = wanted.without(*unknown);
  }
}

Started Engine::start(const std::string& container) {
  const ProcessResult result = call({"start", container});
  // The client tells "the engine could not start it" and "no engine" apart only by its words.
  const bool has_failed =
      result.ending == Ending::kExited && !result.ok() && says_start_failed(result.err);
  if (!result.ok() && !has_failed)
    throw engine_error(name(), "start the container " + container, result);
  Started started{.ok = result.ok(), .facts = inspect(container)};
  if (has_failed && started.facts.error.empty()) {
    add_start_failure(one_line(result.err), started.facts);
  }
  return started;
}

void Engine::stop(const std::string& container) {
  const ProcessResult result = call({"stop", container}, deadline_ + kStopPatience);
  if (!result.ok()) throw engine_error(name(), "run '" + name() + " stop'", result);
}

/// The different lines of the reply.
std::vector<std::string> Engine::listed(const std::vector<std::string>& arguments) {
  std::vector<std::string> entries;
  std::istringstream lines(checked(arguments));
  for (std::string entry; std::getline(lines, entry);) {
    if (std::ranges::find(entries, entry) == entries.end()) entries.push_back(entry);
  }
  return entries;
}

std::vector<std::string> Engine::images() {
  return listed({"image", "ls", "--quiet"});
}

std::vector<std::string> Engine::containers_with(const std::string& label) {
  return listed({"ps", "--all", "--quiet", "--no-trunc", "--filter", "label=" + label});
}

std::vector<std::string> Engine::volumes_with(const std::string& label) {
  return listed({"volume", "ls", "--quiet", "--filter", "label=" + label});
}

/// The reply, or nothing where the object is not there; `action` is for the error.
std::optional<std::string> Engine::inspected(const std::vector<std::string>& arguments,
                                             const std::string& action) {
  ProcessResult result = call(arguments);
  if (result.ok()) return std::move(result.out);
  if (result.ending == Ending::kExited && says_no_such_object(result.err)) return std::nullopt;
  throw engine_error(name(), action, result);
}

std::optional<LabelledObject> Engine::find_labelled_container(const std::string& container) {
  const auto reply =
      inspected({"container", "inspect", "--", container}, "look at the container " + container);
  if (!reply) return std::nullopt;
  return parse_labelled_container(*reply);
}

std::optional<LabelledObject> Engine::find_labelled_volume(const std::string& volume) {
  const auto reply = inspected({"volume", "inspect", "--", volume}, "look at the volume " + volume);
  if (!reply) return std::nullopt;
  return parse_labelled_volume(*reply);
}

ContainerFacts Engine::inspect(const std::string& container) {
  return parse_container_facts(checked({"container", "inspect", container}));
}

std::optional<ContainerFacts> Engine::find_container(const std::string& container) {
  const auto reply =
      inspected({"container", "inspect", "--", container}, "look at the container " + container);
  if (!reply) return std::nullopt;
  return parse_container_facts(*reply);
}

std::string Engine::logs(const std::string& container) {
  ProcessResult result = call({"logs", container}, deadline_, Command::Streams::kMerged);
  if (!result.ok()) {
    result.err = result.out;
    throw engine_error(name(), "read the log of " + container, result);
  }
  return warnings_.removed_from(result.out);
}

std::string Engine::archive(const std::string& container, const std::string& path) {
  const ProcessResult result =
      runner_.run({.argv = command_line({"cp", container + ':' + path, "-"}),
                   .deadline = deadline_,
                   .output_limit = kArchiveLimit});
  if (result.ok()) return result.out;
  if (result.ending == Ending::kExited) return {};
  throw engine_error(name(), "read " + path + " in " + container, result);
}

bool Engine::export_files(const std::string& container,
                          std::function<void(std::string_view)> reader,
                          const std::stop_token& stop) {
  return runner_
      .run({.argv = command_line({"export", container}),
            .deadline = kExportDeadline,
            .reader = std::move(reader)},
           stop)
      .ok();
}

void Engine::when_ended(const std::string& container, std::stop_token stop,
                        std::function<void()> done) {
  runner_.start(
      {.argv = command_line(wait_arguments(dialect_, container)), .deadline = kNoDeadline},
      std::move(stop), [done = std::move(done)](const ProcessResult&) { done(); });
}

ProcessResult Engine::exec(const std::string& container, const std::vector<std::string>& program,
                           const std::vector<std::pair<std::string, std::string>>& environment,
                           std::chrono::milliseconds deadline, const std::stop_token& stop) {
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

void Engine::create_volume(const std::string& volume,
                           const std::vector<std::pair<std::string, std::string>>& labels) {
  std::vector<std::string> arguments{"volume", "create"};
  for (const auto& [key, value] : labels) {
    arguments.insert(arguments.end(), {"--label", std::string(key).append("=").append(value)});
  }
  arguments.push_back(volume);
  checked(arguments);
}

std::vector<std::string> Engine::remove_arguments(const std::string& container) const {
  return capmin::remove_arguments(dialect_, container);
}

bool Engine::remove(const std::string& container) noexcept {
  return remove_object(remove_arguments(container));
}

bool Engine::remove_volume(const std::string& volume) noexcept {
  return remove_object({"volume", "rm", "-f", volume});
}

bool Engine::remove_object(const std::vector<std::string>& arguments) noexcept {
  try {
    const ProcessResult result = call(arguments);
    if (result.ok() || says_no_such_object(result.err)) return true;
    const std::scoped_lock lock(mutex_);
    leftovers_.push_back(shell_quoted(command_line(arguments)));
  } catch (const std::exception&) {
    // Only a lack of memory comes here; there is nobody to tell.
  }
  return false;
}

std::vector<std::string> Engine::leftovers() const {
  const std::scoped_lock lock(mutex_);
  return leftovers_;
}

}  // namespace capmin
