#include "engine/directory_copy.h"

#include "core/error.h"

#include <string>
#include <system_error>

namespace capmin {
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
