#include "run/likeness.h"

#include "core/container_options.h"
#include "core/error.h"
#include "engine/choice.h"
#include "engine/engine.h"
#include "run/variables.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>

namespace capmin {
namespace {

/// What docker gives to a container of an image that has none.
constexpr std::string_view kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

void take_variables(const CreatedContainer& container, const ImageFacts& image,
                    Likeness& likeness) {
  for (const std::string& variable : container.variables) {
    const bool is_images = std::ranges::find(image.variables, variable) != image.variables.end();
    if (is_images || variable == kDefaultPath) continue;
    likeness.options.push_back({.name = "--env", .value = variable});
  }
}

void take_program(const CreatedContainer& container, const ImageFacts& image, Likeness& likeness) {
  if (container.entrypoint == image.entrypoint) {
    if (container.command != image.command) likeness.command = container.command;
    return;
  }
  const bool has_none = container.entrypoint.empty();
  likeness.options.push_back(
      {.name = "--entrypoint", .value = has_none ? "" : container.entrypoint.front()});
  if (!has_none) {
    likeness.entrypoint_rest.assign(container.entrypoint.begin() + 1, container.entrypoint.end());
  }
  // Another entrypoint takes away the image's command.
  likeness.command = container.command;
}

void take_volumes(const CreatedContainer& container, const ImageFacts& image, Likeness& likeness) {
  for (const Volume& volume : container.volumes) {
    const bool is_images = volume.kind == Volume::Kind::kAnonymous &&
                           std::ranges::find(image.volumes, volume.target) != image.volumes.end();
    if (!is_images) likeness.volumes.push_back(volume);
  }
}

/// "/" is where an image without a directory of its own works.
std::string directory_of(const std::string& path) {
  return path == "/" ? "" : path;
}

void warn_of_differences(const CreatedContainer& container, Likeness& likeness) {
  std::vector<std::string>& warnings = likeness.warnings;
  const auto warn = [&warnings](const std::string& text) { warnings.push_back(sanitize(text)); };
  if (container.privileged) {
    warn(
        "it runs privileged, which trials do not: name what it needs beyond Docker's default set "
        "with --allow, and its devices with --device");
  }
  if (container.has_device_requests) {
    warn(
        "it was given devices by --gpus, which trials are not: --engine-arg=--gpus=all gives them");
  }
  const std::array<std::pair<const char*, const std::string*>, 3> modes{
      {{"pid", &container.pid_mode}, {"ipc", &container.ipc_mode}, {"uts", &container.uts_mode}}};
  for (const auto& [name, mode] : modes) {
    if (mode->empty() || *mode == "none") continue;
    warn("its " + std::string(name) + " namespace is that of " +
         (*mode == "host" ? "the host" : *mode) +
         "; trials have one of their own, and what it does with others is not tried");
  }
  if (!container.userns_mode.empty()) {
    warn("its user namespace is " + container.userns_mode + "; trials have the engine's own");
  }
  for (const std::string& network : container.further_networks) {
    warn("it is in the network " + network + " as well, which trials are not");
  }
}

CapabilitySet added_to(const CreatedContainer& container) {
  CapabilitySet added;
  for (const std::string& name : container.added) {
    if (const auto capability = capability_named(name)) added = added.with(*capability);
  }
  return added - docker_default_set();
}

void choose_image(const CreatedContainer& container, const std::optional<ImageFacts>& image,
                  const std::optional<ImageFacts>& named, Likeness& likeness) {
  likeness.image = container.image_name;
  if (!image) {
    likeness.warnings.push_back(
        "its image is gone, so that what that sets by itself is not known and is taken as given");
  } else if (!named || named->id != container.self.image) {
    likeness.image = container.self.image;
    likeness.warnings.push_back(
        sanitize(container.image_name + " is another image by now; trials run the container's own, "
                                        "unless one is named"));
  }
}

}  // namespace

Likeness likeness_of(const CreatedContainer& container, const std::optional<ImageFacts>& image,
                     const std::optional<ImageFacts>& named) {
  const ImageFacts own = image.value_or(ImageFacts());
  Likeness likeness;
  choose_image(container, image, named, likeness);
  take_variables(container, own, likeness);
  if (container.user != own.user && !container.user.empty()) {
    likeness.user = container.user;
    likeness.options.push_back({.name = "--user", .value = container.user});
  }
  const std::string directory = directory_of(container.working_directory);
  if (!directory.empty() && directory != directory_of(own.working_directory)) {
    likeness.options.push_back({.name = "--workdir", .value = directory});
  }
  if (!container.stop_signal.empty() && container.stop_signal != own.stop_signal) {
    likeness.options.push_back({.name = "--stop-signal=" + container.stop_signal, .value = {}});
  }
  take_program(container, own, likeness);
  std::ranges::copy(container.options, std::back_inserter(likeness.options));
  take_volumes(container, own, likeness);
  likeness.network = container.network;
  likeness.has_filter_document = !container.seccomp_document.empty();
  likeness.added = added_to(container);
  if (std::ranges::find(container.added, "ALL") != container.added.end()) {
    likeness.warnings.emplace_back(
        "it was given all capabilities, which trials are not: name what it needs beyond Docker's "
        "default set with --allow");
  }
  warn_of_differences(container, likeness);
  return likeness;
}

namespace {

/// The end of `value` behind its last `separator`, if there is one.
std::string behind_last(const std::string& value, char separator) {
  const std::size_t place = value.rfind(separator);
  return place == std::string::npos ? value : value.substr(place + 1);
}

/// The path that a --device has inside the container.
std::string device_target(const std::string& value) {
  const std::vector<std::string> parts = split(value, ':');
  return parts.size() > 1 && parts[1].starts_with('/') ? parts[1] : parts[0];
}

/// What an option is about: another one about the same takes its place.
std::string subject_of(const EngineOption& option) {
  const auto& [name, value] = option;
  if (!value) {
    // Of these several can stand side by side.
    constexpr std::array<std::string_view, 5> kLists{"--group-add", "--dns", "--dns-search",
                                                     "--dns-option", "--link"};
    const std::string word = name.substr(0, name.find('='));
    return std::ranges::find(kLists, word) == kLists.end() ? word : name;
  }
  if (name == "--env" || name == "--sysctl" || name == "--ulimit") {
    return name + ' ' + value->substr(0, value->find('='));
  }
  if (name == "--add-host") return name + ' ' + value->substr(0, value->find_first_of(":="));
  if (name == "--security-opt") return name + ' ' + value->substr(0, value->find_first_of("=:"));
  if (name == "--tmpfs") return "mount " + value->substr(0, value->find(':'));
  if (name == "--device") return name + ' ' + device_target(*value);
  if (name == "--publish") {
    const std::string port = behind_last(*value, ':');
    return name + ' ' + (port.ends_with("/tcp") ? port.substr(0, port.size() - 4) : port);
  }
  return name;
}

std::string subject_of(const Volume& volume) {
  return "mount " + volume.target;
}

/// What the options given say something about.
std::set<std::string> subjects_of(const ContainerSpec& spec) {
  std::set<std::string> subjects;
  for (const EngineOption& option : spec.options) {
    subjects.insert(subject_of(option));
    if (option.name != "--env-file") continue;
    for (const std::string& name : names_in(*option.value)) {
      subjects.insert("--env " + name);
    }
  }
  for (const Volume& volume : spec.volumes) {
    subjects.insert(subject_of(volume));
  }
  return subjects;
}

}  // namespace

std::vector<std::string> make_like(const Likeness& likeness, RunOptions& options) {
  ContainerSpec& spec = options.spec;
  const std::set<std::string> given = subjects_of(spec);
  if (likeness.has_filter_document && !given.contains("--security-opt seccomp")) {
    throw Error(ExitCode::kUsage,
                "the container " + options.like +
                    " has a seccomp filter of its own, of which the engine keeps no file, and "
                    "under another one trials would tell something else",
                "give the file: --security-opt seccomp=FILE; the engine's own is "
                "--security-opt seccomp=builtin");
  }
  const bool has_entrypoint = given.contains("--entrypoint");
  std::vector<EngineOption> taken;
  std::ranges::copy_if(
      likeness.options, std::back_inserter(taken),
      [&given](const EngineOption& option) { return !given.contains(subject_of(option)); });
  spec.options.insert(spec.options.begin(), taken.begin(), taken.end());
  std::vector<Volume> volumes;
  std::ranges::copy_if(
      likeness.volumes, std::back_inserter(volumes),
      [&given](const Volume& volume) { return !given.contains(subject_of(volume)); });
  spec.volumes.insert(spec.volumes.begin(), volumes.begin(), volumes.end());
  if (spec.network.empty()) spec.network = likeness.network;
  if (!has_entrypoint) {
    if (spec.command.empty()) spec.command = likeness.command;
    spec.command.insert(spec.command.begin(), likeness.entrypoint_rest.begin(),
                        likeness.entrypoint_rest.end());
  }
  if (options.user.empty()) options.user = likeness.user;
  if (options.image.empty()) {
    check_image_name(likeness.image);
    options.image = likeness.image;
  }
  std::vector<std::string> warnings = likeness.warnings;
  const CapabilitySet beyond = likeness.added - options.allow;
  if (!beyond.empty()) {
    std::vector<std::string> names;
    for (const std::string_view name : beyond.names()) {
      names.emplace_back(name);
    }
    warnings.push_back("it was given " + to_string(beyond) +
                       ", which trials may not grant unless --allow " + joined(names, ",") +
                       " says so");
  }
  return warnings;
}

std::string container_words(const RunOptions& options) {
  const ContainerSpec& spec = options.spec;
  std::vector<std::string> words{options.image};
  for (const auto& [name, value] : spec.options) {
    if (name == "--read-only") {
      words.push_back(name);
    } else if (!value) {
      words.push_back("--engine-arg=" + name);
    } else {
      append_option(name, name == "--env" ? value->substr(0, value->find('=')) : *value, words);
    }
  }
  for (const Volume& volume : spec.volumes) {
    append_option("--volume", to_argument(volume), words);
  }
  if (spec.keep_volumes) words.emplace_back("--keep-volumes");
  if (!spec.network.empty()) append_option("--network", spec.network, words);
  if (!spec.command.empty()) {
    words.emplace_back("--");
    words.insert(words.end(), spec.command.begin(), spec.command.end());
  }
  return shell_quoted(words);
}

std::vector<std::string> take_likeness(RunOptions& options, ProcessRunner& runner) {
  const ChosenEngine chosen = choose_engine(options.engine, runner);
  Engine engine(runner, chosen.command, options.engine.timeout);
  const std::optional<CreatedContainer> container = engine.find_created_container(options.like);
  if (!container) {
    throw Error(ExitCode::kUsage, "there is no container " + options.like + " on this engine",
                "see " + engine.name() + " ps --all");
  }
  const Likeness likeness = likeness_of(*container, engine.find_image(container->self.image),
                                        engine.find_image(container->image_name));
  // The search must not choose another one.
  options.engine.dialect = engine.dialect();
  std::vector<std::string> lines;
  if (!chosen.note.empty()) lines.push_back(sanitize(chosen.note));
  const std::vector<std::string> warnings = make_like(likeness, options);
  lines.push_back("like " + shown(options.like) + ": " + container_words(options));
  for (const std::string& warning : warnings) {
    lines.push_back("warning: " + shown(options.like) + ": " + warning);
  }
  return lines;
}

}  // namespace capmin
