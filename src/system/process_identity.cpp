#include "system/process_identity.h"

#include "system/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace capmin {
namespace {

constexpr std::string_view kUnknown = "unknown";

struct ProcessStat {
  char state = '?';
  std::string start;
};

/// Nothing where /proc does not show the process.
std::optional<ProcessStat> stat_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The program's name (field 2) may hold anything; what follows its bracket does not.
  const std::size_t bracket = text.rfind(')');
  if (bracket == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(bracket + 1));
  constexpr int kFieldsFromState = 20;  // fields 3 to 22
  ProcessStat stat;
  fields >> stat.state;
  for (int i = 1; i < kFieldsFromState; ++i) {
    fields >> stat.start;
  }
  if (!fields) return std::nullopt;
  return stat;
}

std::string word_of(const char* path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

bool consists_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

ProcessIdentity own_identity() {
  constexpr std::size_t kMachineDigits = 16;
  const std::string machine = word_of("/etc/machine-id");
  struct stat space {};
  ::stat("/proc/self/ns/pid", &space);
  const std::optional<ProcessStat> stat = stat_of(::getpid());
  return {.pid = ::getpid(),
          .start = stat ? stat->start : "0",
          .boot = word_of("/proc/sys/kernel/random/boot_id"),
          .space = std::to_string(space.st_ino),
          .machine = machine.empty() ? std::string(kUnknown)
                                     : sha256("capmin " + machine).substr(0, kMachineDigits)};
}

std::string to_string(const ProcessIdentity& identity) {
  return std::to_string(identity.pid) + ':' + identity.start + ':' + identity.boot + ':' +
         identity.space + ':' + identity.machine;
}

std::optional<ProcessIdentity> parse_identity(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  constexpr std::size_t kFields = 5;
  constexpr std::size_t kLongest = 200;
  if (text.size() > kLongest) return std::nullopt;
  std::vector<std::string> fields;
  std::istringstream stream{std::string(text)};
  for (std::string field; std::getline(stream, field, ':');) {
    fields.push_back(field);
  }
  if (fields.size() != kFields || text.ends_with(':')) return std::nullopt;
  ProcessIdentity identity{
      .pid = 0, .start = fields[1], .boot = fields[2], .space = fields[3], .machine = fields[4]};
  const char* const end = fields[0].data() + fields[0].size();
  const auto [rest, error] = std::from_chars(fields[0].data(), end, identity.pid);
  const bool is_sound =
      error == std::errc() && rest == end && identity.pid > 0 &&
      consists_of(identity.start, kDigits) &&
      consists_of(identity.boot, std::string(kHexadecimal) + '-') &&
      consists_of(identity.space, kDigits) &&
      (identity.machine == kUnknown || consists_of(identity.machine, kHexadecimal));
  if (!is_sound) return std::nullopt;
  return identity;
}

std::string process_identity() {
  return to_string(own_identity());
}

Presence presence_of(const ProcessIdentity& identity, const ProcessIdentity& here) {
  if (identity.boot != here.boot) {
    const bool is_here = identity.machine == here.machine && identity.machine != kUnknown;
    return is_here ? Presence::kEnded : Presence::kUnknown;
  }
  if (identity.space != here.space) return Presence::kUnknown;
  // Asked this way first, because /proc may hide the processes of others (hidepid, proc(5)).
  if (::kill(identity.pid, 0) != 0 && errno == ESRCH) return Presence::kEnded;
  const std::optional<ProcessStat> stat = stat_of(identity.pid);
  if (!stat) return Presence::kUnknown;
  const bool is_zombie = stat->state == 'Z' || stat->state == 'X';
  return stat->start == identity.start && !is_zombie ? Presence::kRuns : Presence::kEnded;
}

std::string random_id() {
  std::array<char, 9> digits{};
  std::random_device random;
  static_cast<void>(std::snprintf(digits.data(), digits.size(), "%08x", random()));
  return digits.data();
}

}  // namespace capmin
