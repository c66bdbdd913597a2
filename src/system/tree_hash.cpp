#include "system/tree_hash.h"

#include "core/error.h"
#include "system/file.h"

#include <algorithm>
#include <sys/stat.h>
#include <system_error>
#include <vector>

namespace capmin {
namespace {

namespace fs = std::filesystem;

class TreeReader {
 public:
  explicit TreeReader(const TreeLimits& limits) : left_(limits) {}

  /// Describes what is at `path`, called `name`; false where it cannot be read.
  bool read(const fs::path& path, const std::string& name) {
    struct stat facts {};
    if (left_.entries == 0 || ::lstat(path.c_str(), &facts) != 0) return false;
    --left_.entries;
    // The lengths of what is not a number keep two trees from having one description.
    text_ += std::to_string(name.size()) + ' ' + name + ' ' + std::to_string(facts.st_mode) + ' ' +
             std::to_string(facts.st_uid) + ' ' + std::to_string(facts.st_gid) + ' ';
    if (S_ISREG(facts.st_mode)) return read_content(path, facts);
    if (S_ISLNK(facts.st_mode)) return read_link(path);
    text_ += std::to_string(facts.st_rdev) + '\n';
    return !S_ISDIR(facts.st_mode) || read_entries(path, name);
  }

  std::string hash() const { return sha256(text_); }

 private:
  bool read_content(const fs::path& path, const struct stat& facts) {
    const auto size = static_cast<std::uintmax_t>(facts.st_size);
    if (size > left_.bytes) return false;
    left_.bytes -= size;
    try {
      text_ += sha256(read_file(path, size)) + '\n';
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  bool read_link(const fs::path& path) {
    std::error_code error;
    const std::string target = fs::read_symlink(path, error).string();
    text_ += std::to_string(target.size()) + ' ' + target + '\n';
    return !error;
  }

  bool read_entries(const fs::path& path, const std::string& name) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      names.push_back(entry->path().filename().string());
      if (names.size() > left_.entries) return false;
    }
    if (error) return false;
    std::ranges::sort(names);
    return std::ranges::all_of(
        names, [&](const std::string& each) { return read(path / each, name + '/' + each); });
  }

  TreeLimits left_;
  std::string text_;
};

}  // namespace

std::optional<std::string> tree_hash(const fs::path& path, const TreeLimits& limits) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  TreeReader reader(limits);
  if (error || !reader.read(real, "")) return std::nullopt;
  return reader.hash();
}

}  // namespace capmin
