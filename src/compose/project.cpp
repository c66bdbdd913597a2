#include "compose/project.h"

#include "core/container_options.h"
#include "core/error.h"
#include "engine/leftovers.h"
#include "system/file.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <thread>

namespace capmin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* kProjectLabel = "com.docker.compose.project";
constexpr const char* kServiceLabel = "com.docker.compose.service";

/// A healthcheck's usual interval is 30 s (Compose file reference), and it may fail a few times.
constexpr std::chrono::minutes kLongestWait{5};

std::string end_of_log(Engine& engine, const std::string& container) {
  constexpr std::size_t kMostLines = 5;
  std::vector<std::string> lines = split(engine.logs(container), '\n');
  std::erase_if(lines, [](const std::string& line) { return line.empty(); });
  std::string text;
  const std::size_t first = lines.size() > kMostLines ? lines.size() - kMostLines : 0;
  for (std::size_t i = first; i < lines.size(); ++i) {
    text += (text.empty() ? "" : "; ") + sanitize(lines[i]);
  }
  return text;
}

}  // namespace

ProgramVariables service_variables(const std::string& service, const std::string& ip,
                                   const std::map<std::string, std::string>& ports) {
  const std::string name = variable_name(service);
  ProgramVariables variables{{"CAPMIN_IP_" + name, ip}};
  for (const auto& [container_port, host_port] : ports) {
    const std::string number = container_port.substr(0, container_port.find('/'));
    variables.emplace_back("CAPMIN_PORT_" + name + '_' + number, host_port);
  }
  return variables;
}

Project::Project(const StackBench& bench, std::vector<std::string> services)
    : bench_(bench),
      name_("capmin-" + bench.run + '-' + std::to_string(++bench.last_project)),
      home_(OwnedDirectory::Purpose::kVolume) {
  file_.services = std::move(services);
  file_.labels = run_labels(bench.run, bench.owner);
  file_.images = bench.images;
  file_.keeps_volumes = bench.keeps_volumes;
  if (bench.keeps_volumes) return;
  for (const std::string& path : writable_paths(bench.stack, file_.services)) {
    file_.copies[path] = copies_.emplace_back(path, bench.runner).path().string();
  }
}

Project::~Project() {
  remove();
}

void Project::put_on_trial(std::map<std::string, ServiceGrant> on_trial) {
  file_.on_trial = std::move(on_trial);
}

ProcessResult Project::compose(const std::vector<std::string>& arguments,
                               const std::stop_token& stop) const {
  const std::string file = (home_.path() / "compose.yaml").string();
  write_file(file, project_file(bench_.stack, file_));
  return bench_.compose.run(name_, file, bench_.directory, arguments, stop);
}

std::vector<ProjectContainer> Project::containers() const {
  std::vector<ProjectContainer> containers;
  for (const std::string& id :
       bench_.engine.containers_with(std::string(kProjectLabel) + '=' + name_)) {
    const auto found = bench_.engine.find_labelled_container(id);
    if (!found) continue;
    const auto service = found->labels.find(kServiceLabel);
    if (service == found->labels.end()) continue;
    containers.push_back(
        {.service = service->second, .id = found->id, .name = found->name, .image = found->image});
  }
  return containers;
}

ProjectContainer Project::container_of(const std::string& service) const {
  for (const ProjectContainer& container : containers()) {
    if (container.service == service) return container;
  }
  throw Error(ExitCode::kEngine,
              bench_.compose.name() + " made no container of the service " + service);
}

/// Why it stands in the way of those that depend on it: it is unhealthy, or ended in error.
std::optional<ServiceFault> Project::fault_of(const ProjectContainer& container) const {
  const auto facts = bench_.engine.find_container(container.id);
  if (!facts) return std::nullopt;
  std::string what;
  if (facts->health == "unhealthy") {
    what = "its healthcheck fails";
  } else if (facts->started_at && !facts->running && facts->exit_code != 0) {
    what = "it ended with status " + std::to_string(facts->exit_code);
  } else if (!facts->error.empty()) {
    what = "it did not start: " + sanitize(facts->error);
  } else {
    return std::nullopt;
  }
  return ServiceFault{
      .service = container.service, .what = what, .log = end_of_log(bench_.engine, container.id)};
}

std::optional<ServiceFault> Project::start(const std::vector<std::string>& services,
                                           const std::stop_token& stop) {
  if (services.empty()) return std::nullopt;
  std::vector<std::string> arguments{"up", "--detach", "--no-build"};
  for (const auto& [service, grant] : file_.on_trial) {
    if (std::ranges::find(services, service) == services.end()) continue;
    append_option("--scale", service + "=1", arguments);
  }
  arguments.insert(arguments.end(), services.begin(), services.end());
  const ProcessResult result = compose(arguments, stop);
  if (result.ok()) return std::nullopt;
  if (!stop.stop_requested()) {
    for (const ProjectContainer& container : containers()) {
      if (auto fault = fault_of(container)) return fault;
    }
  }
  throw Error(ExitCode::kEngine, bench_.compose.name() + " up failed: " + words_of(result));
}

std::optional<ServiceFault> Project::await_dependencies(const std::string& service,
                                                        const std::stop_token& stop) {
  const Clock::time_point end = Clock::now() + kLongestWait;
  const std::vector<ProjectContainer> all = containers();
  for (const Dependency& dependency : bench_.stack.find(service)->dependencies) {
    for (const ProjectContainer& container : all) {
      if (container.service != dependency.service) continue;
      for (milliseconds pause{20};; pause = std::min(pause * 2, milliseconds{500})) {
        const ContainerFacts facts = bench_.engine.inspect(container.id);
        const bool has_ended = facts.started_at && !facts.running;
        const bool is_ready =
            dependency.state == DependencyState::kHealthy     ? facts.health == "healthy"
            : dependency.state == DependencyState::kCompleted ? has_ended && facts.exit_code == 0
                                                              : facts.started_at.has_value();
        if (is_ready) break;
        if (auto fault = fault_of(container)) return fault;
        const bool waits_for_nothing =
            dependency.state == DependencyState::kHealthy && (has_ended || facts.health.empty());
        if (waits_for_nothing || Clock::now() > end) {
          return ServiceFault{.service = container.service,
                              .what = has_ended              ? "it has ended, and never got healthy"
                                      : facts.health.empty() ? "it has no healthcheck to wait for"
                                                             : "it takes longer than five minutes",
                              .log = end_of_log(bench_.engine, container.id)};
        }
        if (stop.stop_requested()) throw Error(ExitCode::kEngine, "stopped");
        std::this_thread::sleep_for(pause);
      }
    }
  }
  return std::nullopt;
}

void Project::note_running() {
  running_.clear();
  for (ProjectContainer& container : containers()) {
    const auto facts = bench_.engine.find_container(container.id);
    if (facts && facts->running) running_.push_back({std::move(container), facts->started_at});
  }
}

std::string Project::loss() const {
  for (const Running& before : running_) {
    const auto now = bench_.engine.find_container(before.container.id);
    std::string what;
    if (!now) {
      what = "is gone";
    } else if (now->running) {
      if (now->started_at != before.since) what = "was started again";
    } else if (now->exit_code != 0) {
      // A job may end well meanwhile.
      what = "ended with status " + std::to_string(now->exit_code);
    }
    if (!what.empty()) return "the companion " + before.container.service + ' ' + what;
  }
  return {};
}

void Project::create(const std::vector<std::string>& services, const std::stop_token& stop) {
  // Compose 1.29 would wait for ever for what others depend on, which nobody starts: also without
  // their dependencies where these are named.
  std::vector<std::string> arguments{"up", "--no-start", "--no-deps", "--no-build"};
  for (const std::string& service : services) {
    append_option("--scale", service + "=1", arguments);
  }
  arguments.insert(arguments.end(), services.begin(), services.end());
  file_.without_order = services.size() > 1;
  const ProcessResult result = compose(arguments, stop);
  if (result.ok()) return;
  throw Error(ExitCode::kEngine, bench_.compose.name() + " cannot create the container of " +
                                     joined(services, ", ") + ": " + words_of(result));
}

ProgramVariables Project::variables() const {
  ProgramVariables variables{{"CAPMIN_PROJECT", name_}};
  for (const ProjectContainer& container : containers()) {
    const auto facts = bench_.engine.find_container(container.id);
    if (!facts || !facts->running) continue;
    std::ranges::move(service_variables(container.service, facts->ip, facts->ports),
                      std::back_inserter(variables));
  }
  return variables;
}

/// Containers before networks, which are in use as long as they are there.
void Project::remove() noexcept {
  const std::string label = std::string(kProjectLabel) + '=' + name_;
  Engine& engine = bench_.engine;
  try {
    std::vector<std::future<void>> removals;
    for (const std::string& id : engine.containers_with(label)) {
      removals.push_back(std::async(std::launch::async, [&engine, id] { engine.remove(id); }));
    }
    removals.clear();
    for (const std::string& network : engine.networks_with(label)) {
      engine.remove_network(network);
    }
    for (const std::string& volume : engine.volumes_with(label)) {
      engine.remove_volume(volume);
    }
  } catch (const std::exception&) {
    // Whether something is left is not known: the label finds it.
    engine.note_leftover("docker ps --all --filter label=" + label);
  }
}

}  // namespace capmin
