#include "engine/directory_copy.h"

#include "core/error.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kCopyDeadline{5};
constexpr std::string_view kPrefix = "capmin-volume-";
constexpr std::string_view kRandom = "-XXXXXX";

fs::path new_directory() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  // The name is there as soon as the directory is, unlike a file in it. A colon would end the path
  // in an option of the engine.
  std::string owner = process_identity();
  std::ranges::replace(owner, ':', '.');
  std::string name = (parent / std::string(kPrefix).append(owner).append(kRandom)).string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    // The library tells no path that it does not take for a directory.
    const char* const wanted = std::getenv("TMPDIR");
    throw Error(ExitCode::kOutput,
                "cannot make a temporary directory in " +
                    (parent.empty() && wanted != nullptr ? wanted : parent.string()),
                "name a directory that can be written in TMPDIR");
  }
  return name;
}

}  // namespace

DirectoryCopy::DirectoryCopy(const fs::path& source, ProcessRunner& runner)
    : home_(new_directory()), path_(home_ / "copy") {
  // Own code would lose owners, attributes, hard links or holes; cp keeps them.
  const ProcessResult result =
      runner.run({.argv = {"cp", "-a", "--reflink=auto", "--", source.string(), path_.string()},
                  .deadline = kCopyDeadline});
  if (result.ok()) return;
  std::error_code ignored;
  fs::remove_all(home_, ignored);
  throw Error(ExitCode::kOutput,
              "cannot copy " + source.string() +
                  " for a trial: " + (result.err.empty() ? result.failure : result.err),
              "mount it read-only, or use --keep-volumes if its state cannot matter");
}

DirectoryCopy::~DirectoryCopy() {
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

std::optional<ProcessIdentity> owner_of_copy(const fs::path& home) {
  const std::string name = home.filename().string();
  if (!name.starts_with(kPrefix) || name.size() < kPrefix.size() + kRandom.size()) {
    return std::nullopt;
  }
  std::string owner = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kRandom.size());
  std::ranges::replace(owner, '.', ':');
  return parse_identity(owner);
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
