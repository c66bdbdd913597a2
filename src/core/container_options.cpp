#include "core/container_options.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

constexpr std::array<std::string_view, 17> kPassedOn{
    "env",      "env-file", "publish", "user",     "entrypoint",  "sysctl",
    "tmpfs",    "workdir",  "ulimit",  "memory",   "pids-limit",  "hostname",
    "add-host", "shm-size", "device",  "platform", "security-opt"};

}  // namespace

bool is_passed_on(std::string_view name) {
  return std::ranges::find(kPassedOn, name) != kPassedOn.end();
}

bool shares_network(std::string_view network) {
  return network == "host" || network.starts_with("container:") || network.starts_with("ns:");
}

}  // namespace capmin
