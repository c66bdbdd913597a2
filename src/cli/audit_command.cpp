#include "cli/commands.h"
#include "core/error.h"
#include "engine/leftovers.h"
#include "options/command_options.h"
#include "profile/profile_yaml.h"
#include "report/audit.h"
#include "report/report.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

AuditProfile profile_in(const std::string& path, const std::string& text) {
  return {path, profile_from_yaml(text, path), places_in(text, path).set};
}

/// The profiles among the files of a directory, where batches and other documents may lie, too.
void add_directory(const fs::path& directory, std::vector<AuditProfile>& profiles) {
  const std::size_t before = profiles.size();
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path extension = entry->path().extension();
    std::error_code ignored;
    if ((extension == ".yaml" || extension == ".yml") && entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
  }
  if (error) {
    throw Error(ExitCode::kUsage,
                "cannot read the directory " + directory.string() + ": " + error.message());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const std::string text = read_file(file);
    if (text.find("CapabilityProfile") == std::string::npos) continue;
    profiles.push_back(profile_in(file.string(), text));
  }
  if (profiles.size() != before) return;
  throw Error(ExitCode::kUsage, "there is no profile in " + directory.string(),
              "profiles are its files *.yaml and *.yml of the kind CapabilityProfile");
}

std::vector<AuditProfile> read_profiles(const std::vector<std::string>& paths) {
  std::vector<AuditProfile> profiles;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      add_directory(path, profiles);
    } else {
      profiles.push_back(profile_in(path, read_file(path)));
    }
  }
  return profiles;
}

std::string label_of(const CreatedContainer& container, const char* name) {
  const auto label = container.self.labels.find(name);
  return label == container.self.labels.end() ? "" : label->second;
}

/// Looks at containers, one after the other.
class Auditor {
 public:
  Auditor(Engine& engine, std::vector<AuditProfile> profiles)
      : engine_(engine), profiles_(std::move(profiles)) {}

  /// Adds a container that the user named.
  void add_named(const std::string& name);
  /// Adds one that ran a moment ago, unless it is a trial of a capmin.
  void add_listed(const std::string& id);
  Audit take();

 private:
  void add(CreatedContainer container);
  ImageFacts image_of(const CreatedContainer& container);

  Engine& engine_;
  std::vector<AuditProfile> profiles_;
  std::map<std::string, ImageFacts> images_;  ///< by id
  Audit audit_;
};

void Auditor::add_named(const std::string& name) {
  std::optional<CreatedContainer> found = engine_.find_created_container(name);
  if (!found) {
    throw Error(ExitCode::kUsage, "there is no container " + name + " on this engine",
                "see " + engine_.name() + " ps");
  }
  if (!found->running) {
    throw Error(ExitCode::kUsage, "the container " + name + " does not run",
                "start it: " + engine_.name() + " start " + name);
  }
  add(std::move(*found));
}

void Auditor::add_listed(const std::string& id) {
  std::optional<CreatedContainer> found = engine_.find_created_container(id);
  if (!found) {
    audit_.left_out.push_back(id);
    return;
  }
  if (!owner_of(found->self, image_of(*found).labels)) add(std::move(*found));
}

/// Nothing but the id where the image is gone, which may be removed by force.
ImageFacts Auditor::image_of(const CreatedContainer& container) {
  const auto [entry, is_new] = images_.try_emplace(container.self.image);
  if (is_new) entry->second = engine_.find_image(container.self.image).value_or(ImageFacts());
  return entry->second;
}

void Auditor::add(CreatedContainer container) {
  // By its name and by its id, a container may be named twice.
  const auto is_same = [&container](const AuditEntry& entry) {
    return entry.container.id == container.self.id;
  };
  if (std::ranges::any_of(audit_.entries, is_same)) return;
  // One that is restarted meanwhile has another process then.
  constexpr int kLooks = 3;
  for (int looks = 0; looks < kLooks && container.running; ++looks) {
    const std::string& id = container.self.id;
    const auto sets = kernel_sets_of_container(id, container.pid);
    const auto process = first_process_of_container(id, container.pid);
    if (sets && process) {
      audit_.entries.push_back(
          audit_entry({.name = container.self.name,
                       .id = id,
                       .image = container.image_name,
                       .image_id = container.self.image,
                       .image_digest = image_of(container).digest,
                       .project = label_of(container, "com.docker.compose.project"),
                       .service = label_of(container, "com.docker.compose.service"),
                       .held = sets->held(),
                       .effective = sets->effective,
                       .privileged = container.privileged,
                       .root = process->uid == 0,
                       .no_new_privileges = process->no_new_privs,
                       .host_pid = container.pid_mode == "host",
                       .host_network = container.network == "host"},
                      profiles_));
      return;
    }
    const int pid = container.pid;
    std::optional<CreatedContainer> again = engine_.find_created_container(id);
    if (!again) break;
    if (again->running && again->pid == pid) {
      throw process_not_visible(again->self.name, pid, engine_);
    }
    container = std::move(*again);
  }
  audit_.left_out.push_back(container.self.name);
}

Audit Auditor::take() {
  std::ranges::sort(audit_.entries, {}, [](const AuditEntry& entry) {
    return std::tie(entry.container.name, entry.container.id);
  });
  return std::move(audit_);
}

}  // namespace

ExitCode audit_command(const std::vector<std::string>& arguments) {
  const AuditOptions options = parse_audit_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  const bool writes_file = !options.output.empty() && options.output != "-";
  if (writes_file) check_writable(options.output);
  std::vector<AuditProfile> profiles = read_profiles(options.profiles);
  ProcessRunner runner;
  const ChosenEngine chosen = choose_engine(options.engine, runner);
  Engine engine(runner, chosen.command, options.engine.timeout);
  const auto say = [](const std::string& line) {
    static_cast<void>(std::fputs((sanitize(line) + '\n').c_str(), stderr));
  };
  if (!chosen.note.empty()) say(chosen.note);
  // From here on the calls go over the engine's socket, which is faster for many containers.
  engine.facts();
  Auditor auditor(engine, std::move(profiles));
  for (const std::string& name : options.containers) {
    auditor.add_named(name);
  }
  if (options.containers.empty()) {
    for (const std::string& id : engine.running_containers(options.labels)) {
      auditor.add_listed(id);
    }
  }
  const Audit audit = auditor.take();
  for (const std::string& name : audit.left_out) {
    say("left out: the container " + name + " ended while it was looked at");
  }
  if (writes_file) {
    write_file(options.output, options.write(audit));
  } else {
    write_standard_output(options.write(audit));
  }
  return fails(audit, options.fail_on) ? ExitCode::kDifference : ExitCode::kDone;
}

}  // namespace capmin
