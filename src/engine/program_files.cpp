#include "engine/program_files.h"

#include "engine/container_process.h"
#include "system/file.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
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

namespace {

/// The file at `path` below `root`, not opened for reading: it may be a device or a pipe.
Descriptor file_below(const Descriptor& root, const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return Descriptor(
      static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
}

CapabilitySet needed_by(const Descriptor& file) {
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return {};
  if ((facts.st_mode & kExecutable) == 0) return {};
  // fgetxattr(2) takes no descriptor of O_PATH.
  const std::string place = "/proc/self/fd/" + std::to_string(file.get());
  std::array<char, 64> bytes{};
  const ssize_t size = ::getxattr(place.c_str(), "security.capability", bytes.data(), bytes.size());
  if (size < 0) return {};
  const auto capability = parse_file_capability({bytes.data(), static_cast<std::size_t>(size)});
  return capability ? capability->needed_to_execute() : CapabilitySet{};
}

}  // namespace

std::optional<CapabilitySet> needed_to_execute(const std::string& id, int pid,
                                               const std::vector<std::string>& programs) {
  const std::string place = "/proc/" + std::to_string(pid) + "/root";
  const Descriptor root(::open(place.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  // Asked after the opening: a number that another process has by now leads elsewhere.
  if (root.get() < 0 || !is_in_container(id, pid)) return std::nullopt;
  CapabilitySet needed;
  for (const std::string& program : programs) {
    if (!program.starts_with('/')) return std::nullopt;
    const Descriptor file = file_below(root, program);
    if (file.get() >= 0) needed |= needed_by(file);
  }
  return needed;
}

namespace {

using Words = std::vector<std::string>;

/// The last --entrypoint, which counts.
const std::string* given_entrypoint(const ContainerSpec& spec) {
  const std::string* value = nullptr;
  for (const EngineOption& option : spec.options) {
    if (option.name == "--entrypoint" && option.value) value = &*option.value;
  }
  return value;
}

Words words_of(const std::string& entrypoint, Dialect dialect) {
  if (dialect == Dialect::kPodman) {
    boost::system::error_code no_json;
    const boost::json::value value = boost::json::parse(entrypoint, no_json);
    const boost::json::array* const list = no_json ? nullptr : value.if_array();
    if (list != nullptr && std::ranges::all_of(*list, &boost::json::value::is_string)) {
      Words words;
      for (const boost::json::value& word : *list) {
        words.emplace_back(word.get_string());
      }
      return words;
    }
  }
  return {entrypoint};
}

}  // namespace

Words first_program(const ContainerSpec& spec, const ImageFacts& image, Dialect dialect) {
  Words program = image.entrypoint;
  bool keeps_command = true;
  if (const std::string* const given = given_entrypoint(spec)) {
    program = words_of(*given, dialect);
    keeps_command = program.empty();
    if (program == Words{""}) program.clear();
  }
  const Words& command = spec.command.empty() && keeps_command ? image.command : spec.command;
  program.insert(program.end(), command.begin(), command.end());
  return program;
}

}  // namespace capmin
