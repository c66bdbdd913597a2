#include "compose/stack_session.h"

#include "core/container_options.h"
#include "core/error.h"
#include "run/likeness.h"
#include "system/file.h"
#include "system/process_identity.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>

namespace capmin {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> asked_profiles(const StackFiles& files) {
  std::vector<std::string> profiles = files.profiles;
  const char* const ours = std::getenv("COMPOSE_PROFILES");
  if (ours != nullptr) std::ranges::move(split(ours, ','), std::back_inserter(profiles));
  return profiles;
}

/// The directory's name as Compose makes a project of it (docker-compose 1.29, get_project_name).
std::string project_of_directory(const std::string& directory) {
  std::string name;
  for (char letter : fs::path(directory).filename().string()) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    const bool is_kept = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                         letter == '-' || letter == '_';
    if (is_kept) name += letter;
  }
  return name;
}

}  // namespace

/// What is behind --probe, or --probe-exec, and where a file of it lies.
struct StackSession::ProbeWords {
  std::vector<std::string> words;  ///< empty where the settings have it
  std::string beside;              ///< where a relative path begins; empty: here
  bool is_healthcheck = false;
};

StackSession::StackSession(const ComposeOptions& options, ProcessRunner& runner,
                           const std::stop_token& stop)
    : options_(options),
      chosen_(choose_engine(options.common.engine, runner)),
      engine_(runner, chosen_.command, options.common.engine.timeout),
      guard_(engine_),
      compose_(runner, engine_),
      directory_(directory_of(options.files)),
      profiles_(asked_profiles(options.files)),
      stack_(
          read_stack(compose_.config(options.files, stop), compose_.name() + " config", profiles_)),
      bench_{.stack = stack_,
             .compose = compose_,
             .engine = engine_,
             .runner = runner,
             .directory = directory_,
             .run = random_id(),
             .owner = process_identity(),
             .images = {},
             .keeps_volumes = options.keeps_volumes} {
  std::vector<std::string> named = options.services;
  for (const auto& [service, probe] : options.probes) {
    named.push_back(service);
  }
  for (const std::string& service : named) {
    if (stack_.find(service) != nullptr) continue;
    std::vector<std::string> names;
    std::ranges::transform(stack_.services, std::back_inserter(names), &StackService::name);
    throw Error(ExitCode::kUsage, "there is no service " + sanitize(service) + " in the stack",
                "its services are " + joined(names, ", "));
  }
  // The route of calls is settled by the first look at the engine.
  engine_.facts();
}

/// The image that Compose has built for a service whose image the file does not name: Compose calls
/// it after the project, 1.29 with "_", 2 with "-".
std::string StackSession::image_built_for(const std::string& service) {
  const char* const ours = std::getenv("COMPOSE_PROJECT_NAME");
  const std::string project =
      ours != nullptr && *ours != '\0' ? ours : project_of_directory(directory_);
  for (const char* const sign : {"_", "-"}) {
    std::string image = project;
    image.append(sign).append(service);
    if (engine_.find_image(image)) return image;
  }
  throw Error(ExitCode::kImageMissing,
              "there is no image that Compose has built for the service " + service,
              options_.builds
                  ? "name it in the file: image: NAME"
                  : "build it with " + compose_.name() + " build, or without --no-build");
}

void StackSession::build(const std::stop_token& stop) {
  std::vector<std::string> built;
  for (const StackService& service : stack_.services) {
    if (service.is_built) built.push_back(service.name);
  }
  if (!built.empty() && options_.builds) compose_.build(options_.files, built, stop);
  for (const StackService& service : stack_.services) {
    if (service.image.empty()) bench_.images[service.name] = image_built_for(service.name);
  }
}

void StackSession::look(const std::stop_token& stop) {
  std::vector<std::string> all;
  std::ranges::transform(stack_.services, std::back_inserter(all), &StackService::name);
  if (!options_.keeps_volumes) {
    for (const std::string& path : writable_paths(stack_, all)) {
      check_copyable(path);
    }
  }
  build(stop);
  Project project(bench_, all);
  project.create(all, stop);
  looked_at_ = project.name();
  std::map<std::string, std::string> originals;
  for (const auto& [original, copy] : project.copies()) {
    originals[copy] = original;
  }
  for (const ProjectContainer& container : project.containers()) {
    auto created = engine_.find_created_container(container.id);
    if (!created) continue;
    for (Volume& volume : created->volumes) {
      const auto original = originals.find(volume.source);
      if (original != originals.end()) volume.source = original->second;
    }
    images_[container.service] = engine_.find_image(created->self.image);
    created_[container.service] = *std::move(created);
  }
  for (const std::string& service : all) {
    if (created_.contains(service)) continue;
    throw Error(ExitCode::kEngine,
                compose_.name() + " made no container of the service " + service);
  }
}

std::optional<StackSession::ProbeWords> StackSession::probe_of(
    const StackService& service, const std::vector<std::string>& settings) const {
  const auto asked = options_.probes.find(service.name);
  const auto words = [](const std::string& probe) {
    std::vector<std::string> arguments;
    append_option("--probe", probe, arguments);
    return arguments;
  };
  if (asked != options_.probes.end())
    return ProbeWords{.words = words(asked->second), .beside = {}};
  const auto is_probe = [](const std::string& word) { return word.starts_with("--probe"); };
  if (std::ranges::any_of(settings, is_probe)) return ProbeWords{.words = {}, .beside = directory_};
  if (!created_.at(service.name).healthcheck.program.empty()) {
    return ProbeWords{.words = words("healthcheck"), .beside = {}, .is_healthcheck = true};
  }
  if (service.is_awaited_to_end) return ProbeWords{.words = words("exit"), .beside = {}};
  if (!options_.probe.empty()) return ProbeWords{.words = words(options_.probe), .beside = {}};
  return std::nullopt;
}

namespace {

/// Takes away what belongs to the look at the service, and not to the service.
CreatedContainer as_service(CreatedContainer created, const Stack& stack,
                            const std::string& service, const std::string& project) {
  const std::vector<std::string> networks = networks_of(stack, service);
  const std::string& mode = networks.front();
  const bool is_mode = mode == "host" || mode == "none" || mode.find(':') != std::string::npos;
  created.network = is_mode ? mode : std::string();
  if (created.network.starts_with("service:")) created.network.replace(0, 7, "container");
  // In a trial the service has all this as the file says it.
  created.further_networks.clear();
  created.has_device_requests = false;
  created.seccomp_document.clear();
  for (std::string* const words :
       {&created.pid_mode, &created.ipc_mode, &created.uts_mode, &created.userns_mode}) {
    words->clear();
  }
  for (Volume& volume : created.volumes) {
    if (volume.source.starts_with(project + '_')) volume.source.erase(0, project.size() + 1);
  }
  return created;
}

}  // namespace

ServicePlan StackSession::plan_of(const StackService& service, const ProbeWords& probe,
                                  const std::vector<std::string>& settings) const {
  const CreatedContainer created =
      as_service(created_.at(service.name), stack_, service.name, looked_at_);
  std::vector<std::string> words{created.image_name};
  for (const auto* const part : {&options_.search, &settings, &probe.words}) {
    // A probe of the command line takes the place of that of the file.
    for (auto word = part->begin(); word != part->end(); ++word) {
      const bool is_probe = part == &settings && word->starts_with("--probe") &&
                            !word->starts_with("--probe-after-stop") && !probe.words.empty();
      if (!is_probe) {
        words.push_back(*word);
      } else if (word->find('=') == std::string::npos) {
        ++word;
      }
    }
  }
  ServicePlan plan{.service = service.name, .options = parse_run_options(words), .notes = {}};
  RunOptions& options = plan.options;
  options.like = service.name;
  const std::optional<ImageFacts>& image = images_.at(service.name);
  for (const std::string& note : make_like(likeness_of(created, image, image), options)) {
    plan.notes.push_back(note);
  }
  options.like.clear();
  options.spec.keep_volumes = options_.keeps_volumes;
  options.engine.dialect = Dialect::kDocker;
  if (probe.is_healthcheck) {
    options.probe.program = created.healthcheck.program;
    options.probe.attempt_deadline = created.healthcheck.timeout;
  }
  if (options.probe.has_file() && !probe.beside.empty()) {
    options.probe_file = (fs::path(probe.beside) / options.probe_as_written).string();
  }
  if (!options.reset_as_written.empty()) {
    options.reset_file = (fs::path(directory_) / options.reset_as_written).string();
  }
  std::vector<std::string> project = companions_of(stack_, service.name);
  project.push_back(service.name);
  for (const std::string& volume : external_volumes(stack_, project)) {
    if (options_.keeps_volumes) continue;
    plan.notes.push_back("trials have a fresh volume in place of the external volume " +
                         sanitize(volume) + "; --keep-volumes uses it as it is");
  }
  return plan;
}

StackSession::Plans StackSession::plans() const {
  Plans plans;
  for (const StackService& service : stack_.services) {
    const bool is_asked_for =
        options_.services.empty() ||
        std::ranges::find(options_.services, service.name) != options_.services.end();
    if (!is_asked_for) continue;
    if (!service.refusal.empty()) {
      plans.left_alone.push_back({service.name, service.refusal, true});
      continue;
    }
    const std::vector<std::string> settings =
        service.settings ? words_of_settings(*service.settings, service.name, stack_.source)
                         : std::vector<std::string>();
    const std::optional<ProbeWords> probe = probe_of(service, settings);
    if (!probe) {
      plans.left_alone.push_back(
          {service.name,
           "it has no probe: give --probe " + service.name +
               "=FILE, x-capmin: {probe: FILE} in the file, or a healthcheck",
           false});
      continue;
    }
    try {
      plans.services.push_back(plan_of(service, *probe, settings));
    } catch (const Error& error) {
      throw Error(error.code(), "the service " + service.name + ": " + error.what(), error.hint());
    }
  }
  return plans;
}

}  // namespace capmin
