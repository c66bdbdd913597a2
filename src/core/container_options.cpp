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

void append_option(const std::string& name, const std::string& value,
                   std::vector<std::string>& arguments) {
  // A value that begins with a dash would be taken for an option if it were an argument of its own,
  // and an empty one is none unless it is.
  if (value.starts_with('-')) {
    arguments.push_back(name + '=' + value);
  } else {
    arguments.insert(arguments.end(), {name, value});
  }
}

}  // namespace capmin
