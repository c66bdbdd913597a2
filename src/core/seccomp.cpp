#include "core/seccomp.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

using enum Capability;

struct Gate {
  std::string_view call;
  CapabilitySet opened_by;
};

constexpr std::array kGates{
    Gate{"acct", {kSysPacct}},
    Gate{"add_key", {}},
    Gate{"bpf", {kSysAdmin, kBpf}},
    Gate{"chroot", {kSysChroot}},
    Gate{"clock_settime", {kSysTime}},
    Gate{"clone", {kSysAdmin}},
    Gate{"delete_module", {kSysModule}},
    Gate{"fanotify_init", {kSysAdmin}},
    Gate{"finit_module", {kSysModule}},
    Gate{"fsmount", {kSysAdmin}},
    Gate{"fsopen", {kSysAdmin}},
    Gate{"get_mempolicy", {kSysNice}},
    Gate{"init_module", {kSysModule}},
    Gate{"ioperm", {kSysRawio}},
    Gate{"iopl", {kSysRawio}},
    Gate{"kcmp", {kSysPtrace}},
    Gate{"kexec_file_load", {}},
    Gate{"kexec_load", {}},
    Gate{"keyctl", {}},
    Gate{"lookup_dcookie", {kSysAdmin}},
    Gate{"mbind", {kSysNice}},
    Gate{"mount", {kSysAdmin}},
    Gate{"move_mount", {kSysAdmin}},
    Gate{"open_by_handle_at", {kDacReadSearch}},
    Gate{"open_tree", {kSysAdmin}},
    Gate{"perf_event_open", {kSysAdmin, kPerfmon}},
    Gate{"pidfd_getfd", {kSysPtrace}},
    Gate{"pivot_root", {}},
    Gate{"quotactl", {kSysAdmin}},
    Gate{"reboot", {kSysBoot}},
    Gate{"request_key", {}},
    Gate{"set_mempolicy", {kSysNice}},
    Gate{"setdomainname", {kSysAdmin}},
    Gate{"sethostname", {kSysAdmin}},
    Gate{"setns", {kSysAdmin}},
    Gate{"settimeofday", {kSysTime}},
    Gate{"swapoff", {}},
    Gate{"swapon", {}},
    Gate{"syslog", {kSysAdmin, kSyslog}},
    Gate{"umount2", {kSysAdmin}},
    Gate{"unshare", {kSysAdmin}},
    Gate{"userfaultfd", {}},
    Gate{"vhangup", {kSysTtyConfig}},
};

template <typename Words>
std::string joined(const Words& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? ' ' + last + ' ' : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

std::optional<CapabilitySet> opens_in_seccomp(std::string_view call) {
  const auto* const gate = std::ranges::find(kGates, call, &Gate::call);
  if (gate == kGates.end()) return std::nullopt;
  return gate->opened_by;
}

std::optional<Capability> least_opening_seccomp(std::string_view call) {
  std::optional<Capability> least;
  for (const Capability member : opens_in_seccomp(call).value_or(CapabilitySet{}).members()) {
    if (!least || std::is_lt(compare_risk({member}, {*least}))) least = member;
  }
  return least;
}

std::string seccomp_sentence(const std::vector<std::string>& calls) {
  std::vector<std::string> opened;
  std::vector<std::string> closed;
  CapabilitySet opening;
  for (const std::string& call : calls) {
    const CapabilitySet by = opens_in_seccomp(call).value_or(CapabilitySet{});
    opening |= by;
    (by.empty() ? closed : opened).push_back(call);
  }
  const std::string refuses = "Docker's default seccomp filter refuses ";
  std::string text;
  if (!opened.empty()) {
    text = refuses + joined(opened, "and") + " before the kernel looks at capabilities; granting " +
           joined(opening.names(), "or") + " opens the filter, too";
  }
  if (!closed.empty()) {
    text += (text.empty() ? "" : "; ") + refuses + joined(closed, "and") +
            " whatever is granted; only --security-opt seccomp=PROFILE permits " +
            (closed.size() == 1 ? "it" : "them");
  }
  return text;
}

}  // namespace capmin
