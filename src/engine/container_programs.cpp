#include "engine/container_programs.h"

#include "engine/file_capability.h"
#include "engine/proc_text.h"
#include "system/descriptor.h"

#include <array>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace capmin {
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
  constexpr mode_t kExecutable = 0111;
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

}  // namespace capmin
