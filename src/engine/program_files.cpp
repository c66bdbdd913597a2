#include "engine/program_files.h"

#include "engine/container.h"
#include "engine/file_capability.h"

#include <filesystem>
#include <optional>
#include <utility>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// As many as the kernel follows, path_resolution(7).
constexpr int kMostLinks = 40;

/// The file at `path` of a container, through symbolic links; nothing where there is none.
std::optional<TarEntry> file_at(Engine& engine, const std::string& container, fs::path path) {
  for (int links = 0; links <= kMostLinks; ++links) {
    std::optional<TarEntry> entry = first_tar_entry(engine.archive(container, path.string()));
    if (!entry || entry->kind != TarEntry::Kind::kSymbolicLink) return entry;
    path = (path.parent_path() / entry->link).lexically_normal();
  }
  return std::nullopt;
}

}  // namespace

ProgramFiles::ProgramFiles(Engine& engine, ProcessRunner& runner, ImageFacts image,
                           TrialIdentity identity)
    : engine_(engine), runner_(runner), image_(std::move(image)), identity_(std::move(identity)) {}

CapabilitySet ProgramFiles::needed_to_execute(const std::string& program) {
  const std::scoped_lock lock(mutex_);
  const auto known = known_.find(program);
  if (known != known_.end()) return known->second;
  CapabilitySet needed;
  try {
    needed = look_up(program);
  } catch (const Error& error) {
    // A clue is worth less than the run.
    if (error.code() != ExitCode::kEngine) throw;
  }
  known_[program] = needed;
  return needed;
}

CapabilitySet ProgramFiles::look_up(const std::string& program) {
  std::vector<std::string> paths;
  if (program.starts_with('/')) paths.push_back(program);
  if (program.find('/') == std::string::npos) {
    for (const std::string& directory : image_.path) {
      paths.push_back((fs::path(directory) / program).string());
    }
  }
  if (paths.empty()) return {};
  ContainerSpec spec;
  spec.image = image_.id;
  spec.ports = Ports::kEngine;
  // An image without a program of its own cannot be created without one; it is never started.
  if (image_.entrypoint.empty() && image_.command.empty()) spec.command = {program};
  const Container container(engine_, runner_, spec, identity_);
  for (const std::string& path : paths) {
    const std::optional<TarEntry> file = file_at(engine_, container.name(), path);
    if (!file || file->kind != TarEntry::Kind::kFile) continue;
    return file->capability ? file->capability->needed_to_execute() : CapabilitySet{};
  }
  return {};
}

}  // namespace capmin
