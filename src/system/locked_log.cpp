#include "system/locked_log.h"

#include "core/error.h"
#include "system/file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace capmin {
namespace {

constexpr std::size_t kLargest = 64U << 20U;

std::string reason() {
  return std::generic_category().message(errno);
}

}  // namespace

LockedLog::LockedLog(std::filesystem::path path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                   0600)) {
  struct stat status {};
  if (file_.get() < 0 || ::fstat(file_.get(), &status) != 0) fail(reason());
  if (!S_ISREG(status.st_mode)) fail("it is not a regular file");
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    fail(errno == EWOULDBLOCK ? "another capmin is using it" : reason());
  }
}

std::vector<std::string> LockedLog::whole_lines() const {
  const std::string text = read_file(path_, kLargest);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

void LockedLog::truncate(std::size_t lines) {
  std::size_t bytes = 0;
  if (lines > 0) {
    for (const std::string& line : whole_lines()) {
      if (lines-- == 0) break;
      bytes += line.size() + 1;
    }
  }
  if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) fail(reason());
}

void LockedLog::append(std::string_view line) {
  const std::string whole = std::string(line) + '\n';
  std::string_view rest = whole;
  while (!rest.empty()) {
    const ssize_t count = ::write(file_.get(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(reason());
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fdatasync(file_.get()) != 0) fail(reason());
}

void LockedLog::remove() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) fail(reason());
}

void LockedLog::fail(const std::string& why) const {
  throw Error(ExitCode::kOutput, "cannot use " + path_.string() + ": " + why,
              "name another output with -o FILE");
}

}  // namespace capmin
