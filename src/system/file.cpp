#include "system/file.h"

#include "core/error.h"
#include "system/process_limits.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sha2.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace capmin {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

bool Descriptor::close() {
  return ::close(std::exchange(number_, -1)) == 0;
}

namespace {

namespace fs = std::filesystem;

std::string reason(int error) {
  return error_text(error);
}

[[noreturn]] void fail(const fs::path& path, const std::string& why) {
  throw Error(ExitCode::kOutput, "cannot write " + path.string() + ": " + why,
              "name another file with -o FILE; what existed before is untouched");
}

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// The mode of the regular file `path`; nothing when there is none; fails for anything else.
std::optional<mode_t> existing_mode(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;
    fail(path, reason(errno));
  }
  if (S_ISLNK(status.st_mode)) fail(path, "it is a symbolic link");
  if (S_ISDIR(status.st_mode)) fail(path, "it is a directory");
  if (!S_ISREG(status.st_mode)) fail(path, "it is not a regular file");
  return status.st_mode & 07777U;
}

/// A new file beside its target, removed unless it took the target's place.
class Replacement {
 public:
  explicit Replacement(const fs::path& target)
      : target_(target),
        name_((directory_of(target) / ("." + target.filename().string() + ".XXXXXX")).string()),
        file_(::mkostemp(name_.data(), O_CLOEXEC)) {
    if (file_.get() < 0) fail(target_, reason(errno));
  }
  ~Replacement() {
    if (!in_place_) ::unlink(name_.c_str());
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(file_.get(), text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(target_, reason(errno));
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void take_place(mode_t mode) {
    if (::fchmod(file_.get(), mode) != 0 || ::fsync(file_.get()) != 0 || !file_.close() ||
        ::rename(name_.c_str(), target_.c_str()) != 0) {
      fail(target_, reason(errno));
    }
    in_place_ = true;
    // The new name is durable only when the directory is; a directory that cannot be synced (some
    // network file systems) is no reason to call a complete file a failure.
    const Descriptor directory(
        ::open(directory_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() >= 0) ::fsync(directory.get());
  }

 private:
  fs::path target_;
  std::string name_;
  Descriptor file_;
  bool in_place_ = false;
};

}  // namespace

std::string read_file(const fs::path& path, std::size_t limit) {
  const auto unreadable = [&path](const std::string& why) {
    return Error(ExitCode::kUsage, "cannot read " + path.string() + ": " + why);
  };
  const auto refused = [&unreadable](int error) {
    const Error plain = unreadable(reason(error));
    return is_of_limits(error) ? Error(ExitCode::kEngine, plain.what(), limits_hint(true)) : plain;
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) throw refused(errno);
  if (!S_ISREG(status.st_mode)) throw unreadable("it is not a regular file");
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw refused(errno);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > limit) {
      throw unreadable("it is larger than " + std::to_string(limit) + " bytes");
    }
  }
}

void check_writable(const fs::path& path) {
  existing_mode(path);
  const Replacement trial(path);
}

void write_file(const fs::path& path, std::string_view text) {
  const mode_t mode = existing_mode(path).value_or(0644);
  Replacement replacement(path);
  replacement.write(text);
  replacement.take_place(mode);
}

std::string sha256(std::string_view data) {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> digits{};
  ::SHA256Data(reinterpret_cast<const std::uint8_t*>(data.data()), data.size(), digits.data());
  return digits.data();
}

void check_unchanged(const PinnedFile& file) {
  const std::string hint =
      "put back what it held, or run again with what it holds now; nothing is written";
  std::string now;
  try {
    now = sha256(read_file(file.path));
  } catch (const Error& error) {
    // A limit of this process tells nothing of the file.
    if (error.code() != ExitCode::kUsage) throw;
    throw Error(ExitCode::kUsage,
                file.role + " is not what it was when the run began: " + error.what(), hint);
  }
  if (now == file.sha256) return;
  throw Error(ExitCode::kUsage,
              file.role + ", " + file.path.string() +
                  ", was changed while the run went on: its trials would not be about one and the "
                  "same",
              hint);
}

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

void write_standard_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return;
  }
  throw Error(ExitCode::kOutput, "cannot write to standard output: " + error_text(errno),
              "write to a file with -o FILE");
}

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
