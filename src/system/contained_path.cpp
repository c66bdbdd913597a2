#include "system/contained_path.h"

#include "core/error.h"

#include <algorithm>
#include <system_error>

namespace capmin {

namespace fs = std::filesystem;

bool is_below(const fs::path& directory, const fs::path& path) {
  std::error_code error;
  const fs::path root = fs::weakly_canonical(fs::absolute(directory), error);
  if (error) return false;
  const fs::path place = fs::weakly_canonical(fs::absolute(path), error);
  if (error) return false;
  // weakly_canonical() takes a link to nothing for a name that is free.
  if (fs::is_symlink(place, error)) return false;
  const auto [end, ignored] = std::ranges::mismatch(root, place);
  return end == root.end();
}

fs::path contained_path(const fs::path& directory, const fs::path& path) {
  const fs::path place = (directory.empty() ? fs::path(".") : directory) / path;
  if (path.is_absolute() || !is_below(directory.empty() ? fs::path(".") : directory, place)) {
    throw Error(ExitCode::kUsage, "the path " + path.string() + " leaves the directory of its file",
                "put the file below " + (directory.empty() ? "." : directory.string()));
  }
  return (directory / path).lexically_normal();
}

}  // namespace capmin
