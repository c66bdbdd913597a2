#include "engine/container_process.h"

#include "engine/proc_text.h"

#include <charconv>
#include <filesystem>
#include <sstream>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// The namespace that /proc/PID/ns/pid leads to; empty when that may not be seen.
std::string pid_namespace(int pid) {
  std::error_code error;
  return fs::read_symlink("/proc/" + std::to_string(pid) + "/ns/pid", error).string();
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

std::vector<ContainerProcess> processes_of_container(const std::string& id, int pid) {
  if (!is_in_container(id, pid)) return {};
  const std::string wanted = pid_namespace(pid);
  if (wanted.empty()) return {};
  std::vector<ContainerProcess> processes;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    int number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure != std::errc() || end != name.data() + name.size()) continue;
    if (pid_namespace(number) != wanted) continue;
    if (const auto process = parse_process(proc_text(number, "status"))) {
      processes.push_back(*process);
    }
  }
  return processes;
}

}  // namespace capmin
