#include "engine/container_process.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace capmin {

std::string proc_text(int pid, const char* file) {
  std::ifstream stream("/proc/" + std::to_string(pid) + '/' + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool is_in_container(const std::string& id, int pid) {
  return pid > 0 && !id.empty() && proc_text(pid, "cgroup").find(id) != std::string::npos;
}

namespace {

std::optional<CapabilitySet> word(std::string_view status, std::string_view key) {
  const std::size_t line = status.find(key);
  if (line == std::string_view::npos) return std::nullopt;
  std::string_view digits = status.substr(line + key.size());
  digits.remove_prefix(std::min(digits.find_first_not_of(" \t"), digits.size()));
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  if (error != std::errc()) return std::nullopt;
  return CapabilitySet::from_bits(bits);
}

}  // namespace

std::optional<KernelSets> parse_kernel_sets(std::string_view status) {
  const auto inheritable = word(status, "CapInh:");
  const auto permitted = word(status, "CapPrm:");
  const auto effective = word(status, "CapEff:");
  const auto bounding = word(status, "CapBnd:");
  const auto ambient = word(status, "CapAmb:");
  if (!inheritable || !permitted || !effective || !bounding || !ambient) return std::nullopt;
  return KernelSets{*inheritable, *permitted, *effective, *bounding, *ambient};
}

namespace {

/// Whether the first process is still runc's own, which a moment later executes the container's
/// program in its place; an execution takes from users other than root what runc had set.
bool is_of_runtime(std::string_view status) {
  return status.starts_with("Name:\trunc:[");
}

}  // namespace

std::optional<KernelSets> kernel_sets_of_container(const std::string& id, int pid) {
  if (!is_in_container(id, pid)) return std::nullopt;
  // An engine reports a start when the program is about to be executed, not when it has been.
  constexpr int kLooks = 1000;
  constexpr std::chrono::milliseconds kPause{1};
  std::string status = proc_text(pid, "status");
  for (int looks = 1; is_of_runtime(status) && looks < kLooks; ++looks) {
    std::this_thread::sleep_for(kPause);
    status = proc_text(pid, "status");
  }
  return parse_kernel_sets(status);
}

namespace {

namespace fs = std::filesystem;

/// The namespace that /proc/PID/ns/pid leads to; empty when that may not be seen.
std::string pid_namespace(int pid) {
  std::error_code error;
  return fs::read_symlink("/proc/" + std::to_string(pid) + "/ns/pid", error).string();
}

/// Calls `visit` with the number and the facts of each process in the pid namespace of the
/// container.
void each_process(const std::string& id, int pid,
                  const std::function<void(int, ContainerProcess)>& visit) {
  if (!is_in_container(id, pid)) return;
  const std::string wanted = pid_namespace(pid);
  if (wanted.empty()) return;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    int number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure != std::errc() || end != name.data() + name.size()) continue;
    if (pid_namespace(number) != wanted) continue;
    if (auto process = parse_process(proc_text(number, "status"))) {
      visit(number, std::move(*process));
    }
  }
}

/// Of Linux 6.15's linux/pidfd.h; the kernel takes the size for the version of the structure.
struct PidfdInfo {
  std::uint64_t mask = 0;
  std::uint64_t cgroup = 0;
  std::uint32_t ids[11] = {};
  std::int32_t exit_code = 0;
};
constexpr std::uint64_t kInfoExit = 1U << 3U;
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);

/// How the process behind `descriptor` ended, as wait(2) tells it; nothing where that is not known.
std::optional<int> exit_of(int descriptor) {
  PidfdInfo info{.mask = kInfoExit, .cgroup = 0, .ids = {}, .exit_code = 0};
  if (::ioctl(descriptor, kGetInfo, &info) != 0 || (info.mask & kInfoExit) == 0) {
    return std::nullopt;
  }
  return info.exit_code;
}

}  // namespace

std::optional<ContainerProcess> parse_process(std::string_view status) {
  ContainerProcess process;
  int found = 0;
  std::istringstream lines{std::string(status)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string key;
    fields >> key;
    if (key == "Name:") {
      // The name may hold blanks.
      process.name = line.size() > 6 ? line.substr(6) : "";
      ++found;
    } else if (key == "Uid:" || key == "Gid:") {
      int real = 0;
      int effective = 0;
      if (!(fields >> real >> effective)) return std::nullopt;
      (key == "Uid:" ? process.uid : process.gid) = effective;
      ++found;
    } else if (key == "CapEff:") {
      std::uint64_t bits = 0;
      if (!(fields >> std::hex >> bits)) return std::nullopt;
      process.effective = CapabilitySet::from_bits(bits);
      ++found;
    } else if (key == "NoNewPrivs:") {
      int flag = 0;
      if (!(fields >> flag)) return std::nullopt;
      process.no_new_privs = flag != 0;
      ++found;
    }
  }
  constexpr int kFields = 5;
  if (found != kFields) return std::nullopt;
  return process;
}

std::optional<ContainerProcess> first_process_of_container(const std::string& id, int pid) {
  if (!is_in_container(id, pid)) return std::nullopt;
  return parse_process(proc_text(pid, "status"));
}

std::vector<ContainerProcess> processes_of_container(const std::string& id, int pid) {
  std::vector<ContainerProcess> processes;
  each_process(id, pid, [&processes](int, ContainerProcess process) {
    processes.push_back(std::move(process));
  });
  return processes;
}

HeldProcesses::HeldProcesses(const std::string& id, int pid) {
  each_process(id, pid, [this](int number, const ContainerProcess& process) {
    const long descriptor = ::syscall(SYS_pidfd_open, number, 0);
    if (descriptor >= 0) {
      held_.push_back({.name = process.name, .descriptor = static_cast<int>(descriptor)});
    }
  });
}

HeldProcesses::~HeldProcesses() {
  for (const Held& held : held_) {
    ::close(held.descriptor);
  }
}

std::optional<std::vector<std::string>> HeldProcesses::killed() const {
  std::vector<std::string> names;
  bool is_told = false;
  for (const Held& held : held_) {
    const std::optional<int> how = exit_of(held.descriptor);
    is_told |= how.has_value();
    if (how && WIFSIGNALED(*how) && WTERMSIG(*how) == SIGKILL) names.push_back(held.name);
  }
  if (!is_told) return std::nullopt;
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

}  // namespace capmin
