#include "engine/inside.h"

#include "engine/container.h"
#include "engine/container_process.h"
#include "engine/leftovers.h"
#include "system/process_identity.h"

#include <fstream>
#include <sstream>

namespace capmin {

CapabilitySet kernel_capabilities() {
  CapabilitySet set;
  int last = static_cast<int>(kCapabilityCount) - 1;
  std::ifstream("/proc/sys/kernel/cap_last_cap") >> last;
  for (const CapabilityInfo& row : all_capabilities()) {
    if (static_cast<int>(row.capability) <= last) set = set.with(row.capability);
  }
  return set;
}

CapabilitySet host_bounding_set() {
  const CapabilitySet set = kernel_capabilities();
  const auto first = parse_kernel_sets(proc_text(1, "status"));
  return first ? set & first->bounding : set;
}

bool is_local_host(const std::string& host) {
  return host.empty() || host.starts_with("unix://");
}

namespace {

constexpr std::chrono::seconds kLookDeadline{10};

Look look(Engine& engine, ProcessRunner& runner, const ContainerSpec& spec) {
  const std::string id = random_id();
  const Container container(engine, runner, spec,
                            {.name = "capmin-" + id + "-look",
                             .labels = run_labels(id, process_identity()),
                             .grant = {}});
  const Started started = engine.start(container.name());
  if (!started.ok) {
    if (program_not_executable(started.facts))
      return {.view = {}, .reason = "the image has no sleep"};
    return {.view = {}, .reason = started.facts.error, .engine_failed = true};
  }
  std::vector<std::string> program{"cat"};
  program.insert(program.end(), inside_files().begin(), inside_files().end());
  const ProcessResult result = engine.exec(container.name(), program, {}, kLookDeadline, {});
  std::optional<InsideView> view = parse_inside(result.out);
  if (!result.ok() || !view) return {.view = {}, .reason = "the image has no cat"};
  view->first_process_shown =
      kernel_sets_of_container(started.facts.id, started.facts.pid).has_value();
  return {.view = view, .reason = {}};
}

}  // namespace

const std::vector<std::string>& inside_files() {
  static const std::vector<std::string> files{"/proc/sys/net/ipv4/ip_unprivileged_port_start",
                                              "/proc/sys/net/ipv4/ping_group_range",
                                              "/proc/self/status", "/proc/self/uid_map"};
  return files;
}

std::optional<InsideView> parse_inside(std::string_view text) {
  std::istringstream lines{std::string(text)};
  InsideView view;
  if (!(lines >> view.unprivileged_port_start >> view.ping_first >> view.ping_last)) {
    return std::nullopt;
  }
  bool found_filter = false;
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string key;
    int mode = 0;
    if (fields >> key && key == "Seccomp:" && fields >> mode) {
      view.filtered = mode != 0;
      found_filter = true;
    }
    last = line;
  }
  // "0 0 4294967295" is the map of the first user namespace, user_namespaces(7); a map of several
  // lines ends with another.
  std::istringstream map(last);
  unsigned long long inside = 0;
  unsigned long long outside = 0;
  unsigned long long length = 0;
  constexpr unsigned long long kAll = 4294967295;
  if (!found_filter || !(map >> inside >> outside >> length)) return std::nullopt;
  view.own_user_namespace = inside != 0 || outside != 0 || length != kAll;
  // How the kernel shows groups that a user namespace does not map: "1 0" of the host's groups.
  constexpr long kUnmapped = 65534;
  if (view.own_user_namespace && view.ping_first == kUnmapped && view.ping_last == kUnmapped) {
    view.ping_first = 1;
    view.ping_last = 0;
  }
  return view;
}

Look look_inside(Engine& engine, ProcessRunner& runner, const std::string& image, Ports ports) {
  ContainerSpec spec;
  spec.image = image;
  spec.ports = ports;
  spec.options.push_back({.name = "--entrypoint", .value = "sleep"});
  spec.command = {"60"};
  try {
    return look(engine, runner, spec);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kEngine) throw;
    return {.view = {}, .reason = error.what(), .engine_failed = true};
  }
}

}  // namespace capmin
