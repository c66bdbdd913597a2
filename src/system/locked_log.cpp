#include "system/locked_log.h"

#include "core/error.h"
#include "system/file.h"
#include "system/process_limits.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace capmin {
namespace {

constexpr std::size_t kLargest = 64U << 20U;
constexpr int kAttempts = 5;

std::string reason() {
  return error_text(errno);
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw Error(ExitCode::kOutput, "cannot use " + path.string() + ": " + why,
              "name another output with -o FILE");
}

bool names(const std::filesystem::path& path, const struct stat& file) {
  struct stat named {};
  return ::lstat(path.c_str(), &named) == 0 && named.st_dev == file.st_dev &&
         named.st_ino == file.st_ino;
}

Descriptor open_locked(const std::filesystem::path& path) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Descriptor file(::open(
        path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) fail(path, reason());
    if (!S_ISREG(status.st_mode)) fail(path, "it is not a regular file");
    if (status.st_nlink > 1) fail(path, "the file has another name as well, a hard link");
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      fail(path, errno == EWOULDBLOCK ? "another capmin is using it" : reason());
    }
    // Its holder may have removed it between open and flock: such a lock would guard nothing.
    if (names(path, status)) return file;
  }
  fail(path, "it is removed again and again while it is opened");
}

}  // namespace

LockedLog::LockedLog(std::filesystem::path path)
    : path_(std::move(path)), file_(open_locked(path_)) {}

std::vector<std::string> LockedLog::whole_lines() const {
  const std::string text = read_file(path_, kLargest);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

std::string LockedLog::beginning(std::size_t bytes) const {
  std::string text(bytes, '\0');
  ssize_t count = 0;
  do {
    count = ::pread(file_.get(), text.data(), text.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) fail(path_, reason());
  text.resize(static_cast<std::size_t>(count));
  return text;
}

void LockedLog::truncate(std::size_t lines) {
  std::size_t bytes = 0;
  if (lines > 0) {
    for (const std::string& line : whole_lines()) {
      if (lines-- == 0) break;
      bytes += line.size() + 1;
    }
  }
  if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) fail(path_, reason());
}

void LockedLog::append(std::string_view line) {
  const std::string whole = std::string(line) + '\n';
  std::string_view rest = whole;
  while (!rest.empty()) {
    const ssize_t count = ::write(file_.get(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, reason());
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fdatasync(file_.get()) != 0) fail(path_, reason());
}

void LockedLog::remove() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) fail(path_, reason());
}

}  // namespace capmin
