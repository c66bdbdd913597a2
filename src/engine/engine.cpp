#include "engine/engine.h"

#include "engine/arguments.h"
#include "engine/client.h"
#include "engine/dialect.h"
#include "engine/leftovers.h"
#include "engine/socket.h"
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
/// Docker writes out 75 MB in a second; what takes longer is not worth its wait.
constexpr std::chrono::minutes kExportDeadline{1};
/// Twice what the headers of one file take, with its extended attributes.
constexpr std::size_t kArchiveLimit = 1U << 18U;

}  // namespace

Engine::Engine(ProcessRunner& runner, std::vector<std::string> command,
               std::chrono::milliseconds deadline)
    : client_(std::make_unique<Client>(runner, std::move(command), deadline)),
      calls_(client_.get()) {}

Engine::~Engine() = default;

const std::string& Engine::name() const {
  return client_->name();
}

Dialect Engine::dialect() const {
  return client_->dialect();
}

std::vector<std::string> Engine::command_line(const std::vector<std::string>& arguments) const {
  return client_->command_line(arguments);
}

void Engine::check() {
  client_->checked({"version", "--format", "{{json .}}"});
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
    // Also with a socket: it is the client that creates containers.
    const ProcessResult answer =
        client_->runner().run({.argv = command_line({"version", "--format", "{{json .}}"}),
                               .deadline = std::min(client_->deadline(), kLongestAnswer)},
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
  std::future<std::string> asked = std::async(std::launch::async, [this] {
    return client_->checked({"info", "--format", "{{json .}}"});
  });
  const std::string version = client_->checked({"version", "--format", "{{json .}}"});
  const std::string info = asked.get();
  EngineFacts facts = parse_engine_facts(version, info);
  const std::scoped_lock lock(mutex_);
  if (!route_) {
    OpenedSocket opened = open_socket(*client_, info);
    socket_ = std::move(opened.calls);
    route_ = std::move(opened.route);
    if (socket_) calls_ = socket_.get();
  }
  return facts;
}

EngineRoute Engine::route() const {
  const std::scoped_lock lock(mutex_);
  return route_.value_or(EngineRoute{.socket = {}, .reason = "the engine was not yet asked"});
}

std::optional<ImageFacts> Engine::find_image(const std::string& reference) {
  const auto reply = calls().inspect(Kept::kImage, reference);
  if (!reply) return std::nullopt;
  return parse_image_facts(*reply);
}

void Engine::pull(const std::string& reference, const std::string& platform) {
  std::vector<std::string> arguments{"pull", "--quiet"};
  if (!platform.empty()) arguments.insert(arguments.end(), {"--platform", platform});
  arguments.insert(arguments.end(), {"--", reference});
  const ProcessResult result = client_->call(arguments, kPullDeadline);
  if (result.ok()) return;
  const Error error = engine_error(name(), "pull the image " + reference, result);
  if (result.ending != Ending::kExited || says_unusable(dialect(), one_line(result.err))) {
    throw Error(error);
  }
  throw Error(ExitCode::kImageMissing, error.what(),
              "check the name, or make the image first and use --pull never");
}

std::optional<std::string> Engine::create(const std::vector<std::string>& arguments) {
  const ProcessResult result = client_->call(arguments);
  if (result.ok()) return one_line(result.out);
  if (says_name_is_taken(result.err)) return std::nullopt;
  if (says_no_such_image(result.err)) {
    throw Error(ExitCode::kImageMissing, "the image is gone: " + one_line(result.err),
                "make or pull it again");
  }
  const Error error = engine_error(name(), "create a container", result);
  const std::string words = one_line(result.err);
  if (result.ending != Ending::kExited || says_unusable(dialect(), words) ||
      !says_create_refused(dialect(), words, result.status)) {
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
    const ProcessResult result = client_->call(create_arguments(spec, identity));
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
  const std::optional<std::string> refusal = calls().start(container);
  Started started{.ok = !refusal, .facts = inspect(container)};
  if (refusal && started.facts.error.empty()) add_start_failure(*refusal, started.facts);
  return started;
}

void Engine::stop(const std::string& container) {
  calls().stop(container);
}

/// The different lines of the reply.
std::vector<std::string> Engine::listed(const std::vector<std::string>& arguments) {
  std::vector<std::string> entries;
  std::istringstream lines(client_->checked(arguments));
  for (std::string entry; std::getline(lines, entry);) {
    if (std::ranges::find(entries, entry) == entries.end()) entries.push_back(entry);
  }
  return entries;
}

std::vector<std::string> Engine::images() {
  return listed({"image", "ls", "--quiet"});
}

std::vector<std::string> Engine::running_containers(const std::vector<std::string>& labels) {
  std::vector<std::string> arguments{"ps", "--quiet", "--no-trunc"};
  for (const std::string& label : labels) {
    arguments.insert(arguments.end(), {"--filter", "label=" + label});
  }
  return listed(arguments);
}

std::optional<CreatedContainer> Engine::find_created_container(const std::string& container) {
  const auto reply = calls().inspect(Kept::kContainer, container);
  if (!reply) return std::nullopt;
  return parse_created_container(*reply);
}

std::vector<std::string> Engine::containers_with(const std::string& label) {
  return listed({"ps", "--all", "--quiet", "--no-trunc", "--filter", "label=" + label});
}

std::vector<std::string> Engine::networks_with(const std::string& label) {
  return listed({"network", "ls", "--quiet", "--no-trunc", "--filter", "label=" + label});
}

std::vector<std::string> Engine::volumes_with(const std::string& label) {
  return listed({"volume", "ls", "--quiet", "--filter", "label=" + label});
}

std::optional<LabelledObject> Engine::find_labelled_container(const std::string& container) {
  const auto reply = calls().inspect(Kept::kContainer, container);
  if (!reply) return std::nullopt;
  return parse_labelled_container(*reply);
}

std::optional<LabelledObject> Engine::find_labelled_network(const std::string& network) {
  const auto reply = calls().inspect(Kept::kNetwork, network);
  if (!reply) return std::nullopt;
  return parse_labelled_network(*reply);
}

std::optional<LabelledObject> Engine::find_labelled_volume(const std::string& volume) {
  const auto reply = calls().inspect(Kept::kVolume, volume);
  if (!reply) return std::nullopt;
  return parse_labelled_volume(*reply);
}

ContainerFacts Engine::inspect(const std::string& container) {
  const std::optional<ContainerFacts> facts = find_container(container);
  if (facts) return *facts;
  throw Error(ExitCode::kEngine,
              "cannot look at the container " + container + ": the engine does not have it",
              "see who removes containers: only capmin may remove its own");
}

std::optional<ContainerFacts> Engine::find_container(const std::string& container) {
  const auto reply = calls().inspect(Kept::kContainer, container);
  if (!reply) return std::nullopt;
  return parse_container_facts(*reply);
}

std::string Engine::logs(const std::string& container) {
  return calls().logs(container);
}

std::string Engine::archive(const std::string& container, const std::string& path) {
  const ProcessResult result =
      client_->runner().run({.argv = command_line({"cp", container + ':' + path, "-"}),
                             .deadline = client_->deadline(),
                             .output_limit = kArchiveLimit});
  if (result.ok()) return result.out;
  if (result.ending == Ending::kExited) return {};
  throw engine_error(name(), "read " + path + " in " + container, result);
}

bool Engine::export_files(const std::string& container,
                          std::function<void(std::string_view)> reader,
                          const std::stop_token& stop) {
  return client_->runner()
      .run({.argv = command_line({"export", container}),
            .deadline = kExportDeadline,
            .reader = std::move(reader)},
           stop)
      .ok();
}

void Engine::when_ended(const std::string& container, std::stop_token stop,
                        std::function<void()> done) {
  calls().when_ended(container, std::move(stop), std::move(done));
}

ProcessResult Engine::exec(const std::string& container, const std::vector<std::string>& program,
                           const ProgramVariables& environment, milliseconds deadline,
                           const std::stop_token& stop) {
  return calls().exec(container, program, environment, deadline, stop);
}

void Engine::create_volume(const std::string& volume,
                           const std::vector<std::pair<std::string, std::string>>& labels) {
  std::vector<std::string> arguments{"volume", "create"};
  for (const auto& [key, value] : labels) {
    arguments.insert(arguments.end(), {"--label", std::string(key).append("=").append(value)});
  }
  arguments.push_back(volume);
  client_->checked(arguments);
}

std::vector<std::string> Engine::remove_arguments(const std::string& container) const {
  return client_->remove_arguments(Kept::kContainer, container);
}

bool Engine::remove(const std::string& container) noexcept {
  return remove(Kept::kContainer, container);
}

bool Engine::remove_network(const std::string& network) noexcept {
  return remove(Kept::kNetwork, network);
}

bool Engine::remove_volume(const std::string& volume) noexcept {
  return remove(Kept::kVolume, volume);
}

bool Engine::remove(Kept kind, const std::string& object) noexcept {
  try {
    if (calls().remove(kind, object)) return true;
    const std::scoped_lock lock(mutex_);
    leftovers_.push_back(shell_quoted(command_line(client_->remove_arguments(kind, object))));
  } catch (const std::exception&) {
    // Only a lack of memory comes here; there is nobody to tell.
  }
  return false;
}

void Engine::note_leftover(const std::string& command) {
  const std::scoped_lock lock(mutex_);
  leftovers_.push_back(command);
}

std::vector<std::string> Engine::leftovers() const {
  const std::scoped_lock lock(mutex_);
  return leftovers_;
}

}  // namespace capmin
