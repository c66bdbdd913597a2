#include "run/run_plan.h"

#include "core/belief.h"
#include "core/error.h"
#include "engine/arguments.h"
#include "engine/choice.h"
#include "engine/inside.h"
#include "engine/owned_directory.h"
#include "profile/platform.h"
#include "run/grant_effect.h"
#include "run/script.h"
#include "run/shared.h"
#include "run/variables.h"
#include "system/file.h"
#include "system/process_identity.h"
#include "system/stall.h"
#include "text/quote.h"
#include "text/sanitize.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <future>
#include <unistd.h>

namespace capmin {
namespace {

/// `image` is what the engine has of it.
ImageFacts or_pulled(std::optional<ImageFacts> image, const RunOptions& options, Engine& engine) {
  if (!image && options.pull != Pull::kNever) {
    engine.pull(options.image, options.platform);
    image = engine.find_image(options.image);
  }
  if (image) return *image;
  throw Error(ExitCode::kImageMissing, "there is no image " + options.image + " on this engine",
              "make it, or let capmin fetch it with --pull missing");
}

/// A user inside a container may need a capability, or lack one, just to execute the probe: then
/// trials would tell of the probe's file and not of the image.
void check_mountable(const std::filesystem::path& probe) {
  namespace fs = std::filesystem;
  if (probe.string().find(':') != std::string::npos) {
    throw Error(ExitCode::kUsage,
                "the probe " + probe.string() +
                    " has a colon in its path, so that it cannot be mounted into the container",
                "give a path without a colon");
  }
  using enum fs::perms;
  constexpr fs::perms kNeeded =
      owner_read | owner_exec | group_read | group_exec | others_read | others_exec;
  const fs::perms mode = fs::status(probe).permissions();
  if ((mode & kNeeded) == kNeeded) return;
  throw Error(ExitCode::kUsage,
              "the probe " + probe.string() +
                  " runs inside the container, where users other than "
                  "its owner may not read and execute it",
              "chmod a+rx " + probe.string());
}

/// The container's port behind the one of this host that a probe names; empty where the container
/// has this host's network.
std::string published_behind(const RunOptions& options, const NetworkCheck& check) {
  if (options.spec.network == "host") return {};
  if (auto port = container_port_behind(options.spec, check.port)) return *std::move(port);
  const std::string wanted = std::to_string(check.port);
  throw Error(
      ExitCode::kUsage,
      "the probe " + sanitize(options.probe_as_written) + " asks port " + wanted +
          " of this host, which no --publish gives to the container",
      "ask the container itself, by its own port: leave the host out, http://:PORT/; or add "
      "-p " +
          wanted + ":PORT");
}

void prepare_probe(const RunOptions& options, RunPlan& plan) {
  namespace fs = std::filesystem;
  Probe& probe = plan.setup.probe;
  if (probe.has_file()) {
    const std::string& file =
        options.probe_file.empty() ? options.probe_as_written : options.probe_file;
    const fs::path path = fs::absolute(file).lexically_normal();
    const std::string text = read_file(path);
    if (::access(path.c_str(), X_OK) != 0) {
      throw Error(ExitCode::kUsage, "the probe " + path.string() + " is not executable",
                  "chmod +x " + shell_quoted(path.string()));
    }
    if (probe.kind == Probe::Kind::kExec) check_mountable(path);
    check_interpreter(
        "the probe", path.string(), text,
        probe.kind == Probe::Kind::kExec ? ScriptPlace::kContainer : ScriptPlace::kHost);
    probe.path = path.string();
    probe.sha256 = sha256(text);
  } else if (probe.kind == Probe::Kind::kHealthcheck) {
    // That of a service takes the place of its image's.
    if (!probe.program.empty()) return;
    if (plan.image.healthcheck.program.empty()) {
      throw Error(ExitCode::kUsage, "the image " + options.image + " has no HEALTHCHECK",
                  "write one as a script and give it with --probe FILE");
    }
    probe.program = plan.image.healthcheck.program;
    probe.attempt_deadline = plan.image.healthcheck.timeout;
  } else if (probe.kind == Probe::Kind::kNetwork && probe.check.is_of_host) {
    probe.check.published_as = published_behind(options, probe.check);
  }
}

void prepare_reset(const RunOptions& options, RunPlan& plan) {
  namespace fs = std::filesystem;
  const std::string& file =
      options.reset_file.empty() ? options.reset_as_written : options.reset_file;
  if (file.empty()) return;
  const std::string path = fs::absolute(file).lexically_normal().string();
  const std::string text = read_file(path);
  plan.setup.reset = {.path = path, .sha256 = sha256(text)};
  if (::access(path.c_str(), X_OK) != 0) {
    throw Error(ExitCode::kUsage, "the file of --reset, " + path + ", is not executable",
                "chmod +x " + shell_quoted(path));
  }
  check_interpreter("the file of --reset,", path, text, ScriptPlace::kHost);
}

/// Reads the files from which each container is made, and all values that the user gives to it.
void read_inputs(RunPlan& plan) {
  plan.search.diagnosis.secrets = Secrets(values_given_to(plan.setup.spec));
  for (const auto& [name, path] : file_options(plan.setup.spec)) {
    std::error_code ignored;
    // Others may lie where the engine is.
    if (name != "--env-file" && !std::filesystem::is_regular_file(path, ignored)) continue;
    plan.setup.files.push_back(
        {.role = "the file of " + name, .path = path, .sha256 = sha256(read_file(path))});
  }
}

/// Files of variables may lie in a directory of their own.
void place_env_files(const std::string& directory, ContainerSpec& spec) {
  namespace fs = std::filesystem;
  for (EngineOption& option : spec.options) {
    if (option.name != "--env-file") continue;
    const fs::path beside = fs::path(directory) / *option.value;
    std::error_code ignored;
    if (fs::is_regular_file(beside, ignored)) option.value = beside.string();
  }
}

/// Leaves out of the ceiling what this machine or the engine does not offer, and says so: a trial
/// could not grant it.
void limit_ceiling(const RunOptions& options, Engine& engine, RunPlan& plan) {
  CapabilitySet& ceiling = plan.search.policy.ceiling;
  const auto leave_out = [&](CapabilitySet missing, const std::string& why) {
    ceiling = ceiling - missing;
    for (const Capability capability : missing.members()) {
      plan.left_out.push_back(std::string(name_of(capability)) + " was not tried: " + why);
    }
  };
  // A user namespace begins with a full bounding set, user_namespaces(7).
  if (is_local(options.engine, engine.dialect()) && !plan.engine.rootless) {
    leave_out(ceiling - host_bounding_set(), "this machine's bounding set does not hold it");
  }
  // Every engine knows Docker's own set.
  if (docker_default_set().contains(ceiling)) return;
  leave_out(ceiling - engine.accepted(ceiling, plan.image.id), "the engine does not know it");
}

/// A volume whose state would reach the next trial is copied for each; what can't be is refused.
void check_volumes(const RunOptions& options) {
  if (options.spec.keep_volumes) return;
  for (const Volume& volume : options.spec.volumes) {
    if (volume.kind == Volume::Kind::kBind && !volume.read_only) check_copyable(volume.source);
  }
}

/// A lack of room for copies is told before anything starts; engines' clients use the same place.
void check_temporary_directory(const RunOptions& options) {
  const bool has_copies = !options.spec.keep_volumes &&
                          std::ranges::any_of(options.spec.volumes, [](const Volume& volume) {
                            return volume.kind == Volume::Kind::kBind && !volume.read_only;
                          });
  if (has_copies || options.evidence == EvidenceSource::kStrace) {
    const OwnedDirectory trial(OwnedDirectory::Purpose::kVolume);
  } else {
    temporary_directory();
  }
}

/// An engine makes a directory of what it is to mount and does not find, which nobody meant.
void check_mounted_paths(const RunOptions& options) {
  for (const Volume& volume : options.spec.volumes) {
    std::error_code error;
    if (volume.kind != Volume::Kind::kBind || std::filesystem::exists(volume.source, error)) {
      continue;
    }
    // What may not be looked at may still be there.
    if (error && error != std::errc::no_such_file_or_directory) continue;
    throw Error(ExitCode::kUsage, "there is no " + volume.source + ", which is to be mounted",
                "correct the path of --volume, or make what it names");
  }
}

/// A volume whose state matters is not one that the engine would make, empty, for the occasion.
void check_kept_volumes(const RunOptions& options, Engine& engine) {
  if (!options.spec.keep_volumes) return;
  for (const Volume& volume : options.spec.volumes) {
    if (volume.kind != Volume::Kind::kNamed || engine.find_labelled_volume(volume.source)) continue;
    throw Error(ExitCode::kUsage, "there is no volume " + sanitize(volume.source) + " to keep",
                "make it with " + engine.name() + " volume create " + shell_quoted(volume.source) +
                    ", or leave --keep-volumes out: each trial has a fresh one then");
  }
}

/// Docker opens low ports in networks of a container's own; podman and the host do not.
bool exposes_privileged_port(const RunOptions& options, const RunPlan& plan) {
  const bool is_privileged = options.spec.ports == Ports::kPortable ||
                             plan.engine.dialect == Dialect::kPodman ||
                             options.spec.network == "host";
  return is_privileged && lowest_privileged_port(plan.image).has_value();
}

Policy make_policy(const RunOptions& options, const RunPlan& plan) {
  Policy policy;
  policy.ceiling = (docker_default_set() | options.allow) - options.deny;
  policy.level = options.level;
  policy.confirm = options.confirm;
  policy.belief = belief_of({.is_root = is_root(container_user(options, plan)),
                             .exposes_privileged_port = exposes_privileged_port(options, plan)});
  return policy;
}

}  // namespace

std::string headline(const RunOptions& options, const RunPlan& plan) {
  const std::string user = options.user.empty() ? plan.image.user : options.user;
  const Ports ports = trial_sysctls(plan.setup.spec).empty() ? Ports::kEngine : Ports::kPortable;
  return "capmin  " + options.image + "  " + sanitize(plan.image.id.substr(0, 15)) + "  " +
         std::string(name_of(plan.engine.dialect)) + ' ' + sanitize(plan.engine.version) +
         "  user " + (user.empty() ? "root" : sanitize(user)) + "  ports " +
         std::string(name_of(ports));
}

std::string platform_line(const RunPlan& plan) {
  // Of kernels that run programs for their smaller sisters.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kSisters{
      {{"linux/386", "linux/amd64"}, {"linux/arm", "linux/arm64"}}};
  const std::string& image = plan.image.platform;
  const std::string& engine = plan.engine.platform;
  const bool is_sister = std::ranges::any_of(kSisters, [&](const auto& sisters) {
    return image == sisters.first && engine == sisters.second;
  });
  const bool is_known = !image.ends_with('/') && !engine.ends_with('/');
  if (!is_known || image == engine || is_sister) return {};
  return "the image is for " + sanitize(image) + ", and this engine's machine is " +
         sanitize(engine) + ": only an emulator can run it";
}

std::string slots_line(const RunOptions& options, const RunPlan& plan) {
  return options.jobs > plan.search.limits.slots ? one_at_a_time(plan.setup.shared) : "";
}

std::optional<int> lowest_privileged_port(const ImageFacts& image) {
  std::optional<int> lowest;
  for (const std::string& port : image.exposed_ports) {
    int number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    if (number > 0 && number < 1024) lowest = std::min(lowest.value_or(number), number);
  }
  return lowest;
}

RunPlan begin_run_plan(const RunOptions& options, Company* company) {
  RunPlan plan;
  plan.setup.company = company;
  plan.setup.probe = options.probe;
  plan.setup.spec = options.spec;
  plan.setup.run_id = random_id();
  plan.setup.owner = process_identity();
  plan.search.limits.patience.fixed = options.timeout;
  plan.setup.shared = company != nullptr ? company->shared() : shared_things(options);
  plan.search.limits.slots = plan.setup.shared.empty() ? options.jobs : 1;
  plan.search.limits.budget = options.budget;
  if (!options.directory.empty()) place_env_files(options.directory, plan.setup.spec);
  read_inputs(plan);
  plan.options_as_given = plan.setup.spec.options;
  if (plan.search.limits.slots > 1 || options.free_ports) free_host_ports(plan.setup.spec);
  plan.search.limits.parks = plan.setup.shared.empty() && !takes_host_port(plan.setup.spec);
  plan.setup.scenario = options.scenario;
  plan.search.diagnosis.strict = options.strict;
  if (options.probe.kind != Probe::Kind::kHealthcheck) prepare_probe(options, plan);
  prepare_reset(options, plan);
  if (company == nullptr) check_volumes(options);
  check_temporary_directory(options);
  return plan;
}

void complete_run_plan(const RunOptions& options, Engine& engine, RunPlan& plan) {
  std::future<std::optional<ImageFacts>> image =
      std::async(std::launch::async, [&options, &engine]() -> std::optional<ImageFacts> {
        if (options.pull == Pull::kAlways) return std::nullopt;
        return engine.find_image(options.image);
      });
  plan.search.await_engine = [&engine](std::chrono::milliseconds patience,
                                       const std::stop_token& stop) {
    return engine.await_answer(patience, stop);
  };
  if (is_local(options.engine, engine.dialect())) {
    plan.search.stalled = machine_stall;
    check_mounted_paths(options);
  }
  plan.engine = engine.facts();
  check_kept_volumes(options, engine);
  plan.image = or_pulled(image.get(), options, engine);
  if (options.probe.kind == Probe::Kind::kHealthcheck) prepare_probe(options, plan);
  plan.setup.spec.image = plan.image.id;
  // Docker has no limit of its own; podman has one, and cannot set another everywhere without root.
  plan.setup.spec.limits_processes = plan.engine.dialect == Dialect::kDocker;
  plan.search.policy = make_policy(options, plan);
  if (exposes_privileged_port(options, plan)) {
    plan.search.diagnosis.expected = {Capability::kNetBindService};
  }
  limit_ceiling(options, engine, plan);
}

}  // namespace capmin
