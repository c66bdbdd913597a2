#include "engine/owned_directory.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// In the order of OwnedDirectory::Purpose.
constexpr std::array<std::string_view, 2> kPrefixes{"capmin-volume-", "capmin-gate-"};
constexpr std::string_view kRandom = "-XXXXXX";

Error cannot_make_in(const std::string& parent) {
  return {ExitCode::kOutput, "cannot make a temporary directory in " + parent,
          "name a directory that can be written in TMPDIR"};
}

fs::path new_directory(std::string_view prefix) {
  const fs::path parent = temporary_directory();
  if (parent.string().find(':') != std::string::npos) {
    throw Error(ExitCode::kOutput,
                "the temporary directory " + parent.string() +
                    " has a colon in its path, where an engine would take the path for ended",
                "name one without a colon in TMPDIR");
  }
  // The name is there as soon as the directory is, unlike a file in it. A colon would end the path
  // in an option of the engine.
  std::string owner = process_identity();
  std::ranges::replace(owner, ':', '.');
  std::string name = (parent / std::string(prefix).append(owner).append(kRandom)).string();
  if (::mkdtemp(name.data()) == nullptr) throw cannot_make_in(parent.string());
  return name;
}

}  // namespace

fs::path temporary_directory() {
  std::error_code error;
  const fs::path found = fs::temp_directory_path(error);
  if (!error) return fs::absolute(found);
  // The library tells no path that it does not take for a directory.
  const char* const wanted = std::getenv("TMPDIR");
  throw cannot_make_in(wanted == nullptr ? found.string() : wanted);
}

OwnedDirectory::OwnedDirectory(Purpose purpose)
    : path_(new_directory(kPrefixes.at(static_cast<std::size_t>(purpose)))) {}

OwnedDirectory::~OwnedDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::optional<ProcessIdentity> owner_of_directory(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto* const prefix = std::ranges::find_if(
      kPrefixes, [&name](std::string_view start) { return name.starts_with(start); });
  if (prefix == kPrefixes.end() || name.size() < prefix->size() + kRandom.size()) {
    return std::nullopt;
  }
  std::string owner = name.substr(prefix->size(), name.size() - prefix->size() - kRandom.size());
  std::ranges::replace(owner, '.', ':');
  return parse_identity(owner);
}

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kCopyDeadline{5};

}  // namespace

DirectoryCopy::DirectoryCopy(const fs::path& source, ProcessRunner& runner)
    : home_(OwnedDirectory::Purpose::kVolume), path_(home_.path() / "copy") {
  // Own code would lose owners, attributes, hard links or holes; cp keeps them.
  const ProcessResult result =
      runner.run({.argv = {"cp", "-a", "--reflink=auto", "--", source.string(), path_.string()},
                  .deadline = kCopyDeadline});
  if (result.ok()) return;
  throw Error(ExitCode::kOutput,
              "cannot copy " + source.string() +
                  " for a trial: " + (result.err.empty() ? result.failure : result.err),
              "mount it read-only, or use --keep-volumes if its state cannot matter");
}

void check_copyable(const fs::path& source, const CopyLimits& limits) {
  const std::string hint =
      "mount it read-only (SOURCE:TARGET:ro), or say --keep-volumes if its "
      "state cannot matter";
  const std::string what =
      "the writable directory " + source.string() + " cannot be copied for each trial: ";
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  if (!fs::is_directory(status) && !fs::is_regular_file(status)) {
    throw Error(
        ExitCode::kUsage,
        what + (fs::exists(status) ? "it is neither a file nor a directory" : "it is not there"),
        hint);
  }
  std::uintmax_t bytes = fs::is_regular_file(status) ? fs::file_size(source, error) : 0;
  std::size_t entries = 0;
  if (fs::is_directory(status)) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(
             source, fs::directory_options::skip_permission_denied, error)) {
      std::error_code unreadable;
      if (entry.is_regular_file(unreadable)) bytes += entry.file_size(unreadable);
      if (++entries > limits.entries || bytes > limits.bytes) break;
    }
  }
  if (bytes > limits.bytes || entries > limits.entries) {
    throw Error(ExitCode::kUsage,
                what + "it holds more than " + std::to_string(limits.bytes >> 20U) + " MiB or " +
                    std::to_string(limits.entries) + " files",
                hint);
  }
}

}  // namespace capmin
