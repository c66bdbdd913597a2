#include "engine/program_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// As many as the kernel follows, path_resolution(7).
constexpr int kMostLinks = 40;
/// A log may name any number of programs, and each costs calls of the engine.
constexpr std::size_t kMostPrograms = 16;
constexpr unsigned kSetUserId = 04000;
constexpr unsigned kExecutable = 0111;

/// The file at `path` of a container, through symbolic links; nothing where there is none.
std::optional<TarEntry> file_at(Engine& engine, const std::string& container, fs::path path) {
  for (int links = 0; links <= kMostLinks; ++links) {
    std::optional<TarEntry> entry = first_tar_entry(engine.archive(container, path.string()));
    if (!entry || entry->kind != TarEntry::Kind::kSymbolicLink) return entry;
    path = (path.parent_path() / entry->link).lexically_normal();
  }
  return std::nullopt;
}

ProgramPrivileges privileges_in(const TarEntry& entry) {
  ProgramPrivileges privileges;
  if (entry.kind != TarEntry::Kind::kFile || (entry.mode & kExecutable) == 0) return privileges;
  privileges.setuid_root = (entry.mode & kSetUserId) != 0 && entry.uid == 0;
  if (entry.capability) {
    privileges.needed_to_execute = entry.capability->needed_to_execute();
    privileges.carried = entry.capability->permitted;
  }
  return privileges;
}

/// The value of the last option `name`; empty without.
std::string last_option(const ContainerSpec& spec, const std::string& name,
                        const std::string& begin = {}) {
  std::string value;
  for (const EngineOption& option : spec.options) {
    if (option.name == name && option.value && option.value->starts_with(begin)) {
      value = *option.value;
    }
  }
  return value;
}

}  // namespace

std::optional<PrivilegedProgram> privileged_program(const TarEntry& entry) {
  const ProgramPrivileges privileges = privileges_in(entry);
  if (privileges == ProgramPrivileges{}) return std::nullopt;
  return PrivilegedProgram{.path = fs::path('/' + entry.path).lexically_normal().string(),
                           .privileges = privileges};
}

std::vector<std::string> places_of(const std::string& program, const std::vector<std::string>& path,
                                   const std::string& working_directory) {
  const fs::path base = fs::path("/") / working_directory;
  const auto place = [](const fs::path& file) { return file.lexically_normal().string(); };
  // An absolute path takes the place of what it is appended to.
  if (program.find('/') != std::string::npos) return {place(base / program)};
  std::vector<std::string> places;
  if (program.empty()) return places;
  for (const std::string& directory : path) {
    places.push_back(place(base / directory / program));
  }
  return places;
}

ProgramFiles::ProgramFiles(Engine& engine, ProcessRunner& runner, ImageFacts image,
                           const ContainerSpec& spec, TrialIdentity identity)
    : engine_(engine),
      runner_(runner),
      image_(std::move(image)),
      path_(image_.path),
      working_directory_(last_option(spec, "--workdir")),
      identity_(std::move(identity)) {
  if (working_directory_.empty()) working_directory_ = image_.working_directory;
  const std::string given = last_option(spec, "--env", "PATH=");
  if (!given.empty()) path_ = path_directories({given});
}

ProgramPrivileges ProgramFiles::privileges_of(const std::string& program) {
  const std::scoped_lock lock(mutex_);
  const auto known = known_.find(program);
  if (known != known_.end()) return known->second;
  if (known_.size() >= kMostPrograms) return {};
  ProgramPrivileges privileges;
  try {
    privileges = look_up(program);
  } catch (const Error& error) {
    // A clue is worth less than the run.
    if (error.code() != ExitCode::kEngine) throw;
  }
  known_[program] = privileges;
  return privileges;
}

ProgramPrivileges ProgramFiles::look_up(const std::string& program) {
  for (const std::string& path : places_of(program, path_, working_directory_)) {
    const std::optional<TarEntry> file = file_at(engine_, container().name(), path);
    if (file && file->kind == TarEntry::Kind::kFile) return privileges_in(*file);
  }
  return {};
}

ImagePrograms ProgramFiles::privileged(const std::stop_token& stop) {
  const std::scoped_lock lock(mutex_);
  std::vector<PrivilegedProgram> programs;
  TarReader reader([&programs](const TarEntry& entry) {
    if (auto program = privileged_program(entry)) programs.push_back(std::move(*program));
  });
  try {
    const bool whole = engine_.export_files(
        container().name(), [&reader](std::string_view bytes) { reader.add(bytes); }, stop);
    if (!whole || !reader.complete()) return std::nullopt;
  } catch (const Error& error) {
    if (error.code() != ExitCode::kEngine) throw;
    return std::nullopt;
  }
  std::ranges::sort(programs, {}, &PrivilegedProgram::path);
  return programs;
}

const Container& ProgramFiles::container() {
  if (!container_) {
    ContainerSpec spec;
    spec.image = image_.id;
    spec.ports = Ports::kEngine;
    // An image without a program of its own cannot be created without one; it is never started.
    if (image_.entrypoint.empty() && image_.command.empty()) spec.command = {"/"};
    container_.emplace(engine_, runner_, spec, identity_);
  }
  return *container_;
}

void ProgramFiles::close() {
  const std::scoped_lock lock(mutex_);
  container_.reset();
}

}  // namespace capmin
