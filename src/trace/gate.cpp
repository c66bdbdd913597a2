#include "trace/gate.h"

#include "core/error.h"
#include "engine/container_process.h"
#include "text/embedded.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace capmin {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// What the container sees of the directory.
constexpr const char* kMounted = "mounted";
constexpr const char* kProgram = "gate";
constexpr const char* kFifo = "fifo";
constexpr const char* kInside = "/.capmin-gate";

[[noreturn]] void cannot(const std::string& action, const fs::path& path, int error) {
  throw Error(
      ExitCode::kOutput,
      "cannot " + action + ' ' + path.string() + ": " + std::generic_category().message(error),
      "name another directory, on a file system of this machine, in TMPDIR");
}

/// The modes are for any user of the container, whatever umask(2) is in force.
void fill(const fs::path& mounted) {
  if (::mkdir(mounted.c_str(), 0700) != 0) cannot("make", mounted, errno);
  struct statvfs file_system {};
  if (::statvfs(mounted.c_str(), &file_system) == 0 && (file_system.f_flag & ST_NOEXEC) != 0) {
    cannot("execute a program in", mounted, EACCES);
  }
  const fs::path program = mounted / kProgram;
  Descriptor file(::open(program.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
  const std::string_view bytes = embedded_gate();
  if (file.get() < 0 ||
      ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    cannot("write", program, errno);
  }
  if (::fchmod(file.get(), 0555) != 0 || !file.close()) cannot("write", program, errno);
  const fs::path fifo = mounted / kFifo;
  if (::mkfifo(fifo.c_str(), 0600) != 0 || ::chmod(fifo.c_str(), 0644) != 0) {
    cannot("make", fifo, errno);
  }
  if (::chmod(mounted.c_str(), 0755) != 0) cannot("open to containers", mounted, errno);
}

Descriptor filled_and_open(const fs::path& mounted) {
  fill(mounted);
  const fs::path fifo = mounted / kFifo;
  // Reading, too: writing alone would wait for the container.
  Descriptor file(::open(fifo.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) cannot("open", fifo, errno);
  return file;
}

Descriptor watch_of(const fs::path& fifo) {
  Descriptor watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (watch.get() < 0 || ::inotify_add_watch(watch.get(), fifo.c_str(), IN_OPEN) < 0) {
    cannot("watch", fifo, errno);
  }
  return watch;
}

std::vector<int> children_of(int pid) {
  const std::string number = std::to_string(pid);
  std::istringstream words(proc_text(pid, ("task/" + number + "/children").c_str()));
  std::vector<int> children;
  for (int child = 0; words >> child;) {
    children.push_back(child);
  }
  return children;
}

}  // namespace

Gate::Gate()
    : home_(OwnedDirectory::Purpose::kGate),
      fifo_(filled_and_open(mounted())),
      opened_(watch_of(mounted() / kFifo)) {}

fs::path Gate::mounted() const {
  return home_.path() / kMounted;
}

ContainerSpec Gate::in_front_of(const std::vector<std::string>& program, ContainerSpec spec) const {
  std::erase_if(spec.options,
                [](const EngineOption& option) { return option.name == "--entrypoint"; });
  const std::string inside = std::string(kInside) + '/';
  spec.options.push_back({.name = "--entrypoint", .value = inside + kProgram});
  spec.volumes.push_back({.kind = Volume::Kind::kBind,
                          .source = mounted().string(),
                          .target = kInside,
                          .options = "ro",
                          .read_only = true});
  spec.command = {inside + kFifo};
  spec.command.insert(spec.command.end(), program.begin(), program.end());
  return spec;
}

std::optional<int> Gate::await(int first, std::chrono::milliseconds patience,
                               const std::stop_token& stop) {
  const Descriptor stopped(::eventfd(0, EFD_CLOEXEC));
  const std::stop_callback on_stop(stop, [&stopped] { ::eventfd_write(stopped.get(), 1); });
  const Clock::time_point end = Clock::now() + patience;
  std::array<pollfd, 2> events{{{.fd = opened_.get(), .events = POLLIN, .revents = 0},
                                {.fd = stopped.get(), .events = POLLIN, .revents = 0}}};
  for (;;) {
    // The gate may have come before; what the container opens itself wakes, too.
    if (const auto process = process_below(first)) return process;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0 || stop.stop_requested()) return std::nullopt;
    if (::poll(events.data(), events.size(), static_cast<int>(left.count())) < 0 &&
        errno != EINTR) {
      return std::nullopt;
    }
    std::array<char, 4096> forgotten{};
    while (::read(opened_.get(), forgotten.data(), forgotten.size()) > 0) {
    }
  }
}

/// By the file it runs, which nothing in the container can change.
std::optional<int> Gate::process_below(int first) const {
  std::vector<int> candidates = children_of(first);
  candidates.insert(candidates.begin(), first);
  for (const int pid : candidates) {
    std::error_code error;
    const fs::path executed = "/proc/" + std::to_string(pid) + "/exe";
    if (fs::equivalent(executed, mounted() / kProgram, error)) return pid;
  }
  return std::nullopt;
}

void Gate::open() {
  constexpr char kByte = 'o';
  [[maybe_unused]] const ssize_t ignored = ::write(fifo_.get(), &kByte, 1);
}

}  // namespace capmin
