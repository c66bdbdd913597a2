#include "core/trace.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace capmin {
namespace {

using enum Capability;

/// What the kernel asks for on the way, or programs use and do without.
struct Row {
  CapabilitySet capabilities;
  std::vector<std::string_view> calls;  ///< empty: all others
  double belief;
};

constexpr double kUsual = 0.8;
/// What a process was refused although the container has it, it had given up itself: granting helps
/// no more, at least where that was the end of it.
constexpr double kGivenUp = 0.05;
/// Of programs that ask for capabilities many end without them, and many others ask for what they
/// hold only. Tried without first: where that was wrong, the refusal names all at once.
constexpr double kAsked = 0.4;
/// A refusal that nothing failed for.
constexpr double kSoftFactor = 0.3;

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      // Memory accounting asks for it, is refused, and the call succeeds: cap_vm_enough_memory().
      {{kSysAdmin},
       {"", "mmap", "brk", "mremap", "mprotect", "clone", "clone3", "fork", "vfork", "execve",
        "execveat", "shmget", "exit", "exit_group", "munmap"},
       0.02},
      // Resource limits of new processes and pipes, with other ways to go on.
      {{kSysResource},
       {"", "clone", "clone3", "fork", "vfork", "fcntl", "pipe", "pipe2", "sendmsg", "mmap"},
       0.05},
      // The limits that there are do for most who would raise them.
      {{kSysResource}, {"setrlimit", "prlimit64"}, 0.4},
      // Dropping more privileges; most who are refused that go on.
      {{kSetpcap}, {}, 0.2},
      // The set-group-id bit is dropped in silence, which hardly anything notices.
      {{kFsetid}, {}, 0.3},
      // Buffers may be larger, sockets be bound to marks: wishes.
      {{kNetAdmin}, {"setsockopt"}, 0.4},
      // Logging in a container's audit log: most programs accept that there is none.
      {{kAuditWrite}, {}, 0.4},
      // Tools that are called to give files away end with an error, daemons that hand over a file
      // of their own mostly warn.
      {{kChown}, {"fchownat", "lchown"}, 0.9},
      {{kChown}, {"fchown"}, 0.45},
      {{kFowner}, {}, 0.7},
      // Looking where one must not look is mostly done on the way, and to find out; opening is not.
      {{kDacOverride},
       {"newfstatat", "stat", "lstat", "statx", "access", "faccessat", "faccessat2", "readlink",
        "readlinkat"},
       0.4},
      {{kDacOverride}, {}, 0.6},
      // Reading /proc of other processes.
      {{kSysPtrace},
       {"read", "open", "openat", "readlink", "readlinkat", "newfstatat", "stat"},
       0.4},
  };
  return rows;
}

/// Sorts, and joins those that differ only in their count.
template <typename Entry>
void join(std::vector<Entry>& entries) {
  std::map<Entry, std::uint64_t> counts;
  for (Entry& entry : entries) {
    const std::uint64_t count = std::exchange(entry.count, 0);
    counts[std::move(entry)] += count;
  }
  entries.clear();
  for (const auto& [entry, count] : counts) {
    entries.push_back(entry);
    entries.back().count = count;
  }
}

}  // namespace

CapabilitySet checked(const Trace& trace, CheckResult result) {
  CapabilitySet set;
  for (const Check& check : trace.checks) {
    if (check.result == result) set = set.with(check.capability);
  }
  return set;
}

CapabilitySet lacking(const Trace& trace) {
  CapabilitySet set;
  for (const CapabilityRequest& request : trace.requests) {
    set |= request.lacking();
  }
  return set;
}

Trace with_names(const Trace& trace, const std::function<std::string(const std::string&)>& name) {
  Trace renamed = trace;
  for (Check& check : renamed.checks) {
    check.process = name(check.process);
  }
  for (CapabilityRequest& request : renamed.requests) {
    request.process = name(request.process);
  }
  join(renamed.checks);
  join(renamed.requests);
  return renamed;
}

double belief_of(const Check& check) {
  const auto row = std::ranges::find_if(table(), [&check](const Row& candidate) {
    return candidate.capabilities.contains(check.capability) &&
           (candidate.calls.empty() ||
            std::ranges::find(candidate.calls, check.call) != candidate.calls.end());
  });
  const double belief = row == table().end() ? kUsual : row->belief;
  return check.result == CheckResult::kSoft ? belief * kSoftFactor : belief;
}

double belief_of(const CapabilityRequest& request) {
  const int kept = (request.asked & request.held).size();
  return kept * 3 > request.held.size() * 2 ? 0 : kAsked;
}

Belief belief_of(const Trace& trace) {
  Belief belief{};
  for (const Check& check : trace.checks) {
    double& known = belief[check.capability];
    known = std::max(known, check.result == CheckResult::kGranted ? belief_of(check) : kGivenUp);
  }
  for (const CapabilityRequest& request : trace.requests) {
    const double spoken = request.is_given ? belief_of(request) : kGivenUp;
    const CapabilitySet told = request.is_given ? request.asked : request.lacking();
    for (const Capability capability : told.members()) {
      double& known = belief[capability];
      known = std::max(known, spoken);
    }
  }
  for (const Capability capability : trace.carried.value_or(CapabilitySet{}).members()) {
    belief[capability] = kUsual;
  }
  return belief;
}

namespace {

bool tells_more(const Check& a, const Check& b) {
  const auto key = [](const Check& check) {
    return std::tuple(-belief_of(check), std::string_view(check.process),
                      std::string_view(check.call));
  };
  return key(a) < key(b);
}

/// A request as a check of each capability that it says something of.
std::vector<Check> checks_of(const CapabilityRequest& request) {
  std::vector<Check> checks;
  if (request.is_given && belief_of(request) == 0) return checks;
  const CapabilitySet told = request.is_given ? request.asked : request.lacking();
  for (const Capability capability : told.members()) {
    checks.push_back({capability, request.is_given ? CheckResult::kGranted : CheckResult::kHard,
                      request.call, request.process, request.count});
  }
  return checks;
}

bool are_alike(const Check& a, const Check& b) {
  return a.capability == b.capability && a.call == b.call && a.process == b.process;
}

/// The checks of a trace, and its requests as such.
std::vector<Check> checks_and_requests(const Trace& trace) {
  std::vector<Check> checks = trace.checks;
  for (const CapabilityRequest& request : trace.requests) {
    for (Check& check : checks_of(request)) {
      const bool is_known = std::ranges::any_of(checks, [&check](const Check& known) {
        return are_alike(known, check) && known.result == check.result;
      });
      if (!is_known) checks.push_back(std::move(check));
    }
  }
  return checks;
}

/// What became of the checks that are like `used`, in another trial.
std::optional<CheckResult> outcome_of(const Check& used, const std::vector<Check>& checks) {
  std::optional<CheckResult> worst;
  for (const Check& check : checks) {
    if (are_alike(check, used)) worst = std::max(worst, std::optional(check.result));
  }
  return worst;
}

std::vector<Check> sorted_checks(const std::vector<Check>& checks, Capability capability,
                                 CheckResult result) {
  std::vector<Check> sorted;
  std::ranges::copy_if(checks, std::back_inserter(sorted), [=](const Check& check) {
    return check.capability == capability && check.result == result;
  });
  std::ranges::sort(sorted, tells_more);
  return sorted;
}

template <typename Entry>
void cut(std::vector<Entry>& entries) {
  if (entries.size() > kTellingChecks) entries.resize(kTellingChecks);
}

}  // namespace

std::vector<Check> telling_checks(const Trace& trace, Capability capability, CheckResult result) {
  std::vector<Check> checks = sorted_checks(checks_and_requests(trace), capability, result);
  cut(checks);
  return checks;
}

std::vector<UnneededCheck> unneeded_checks(const Trace& baseline, const Trace& passed,
                                           CapabilitySet set) {
  const std::vector<Check> uses = checks_and_requests(baseline);
  const std::vector<Check> outcomes = checks_and_requests(passed);
  std::vector<UnneededCheck> all;
  const CapabilitySet used = checked(baseline, CheckResult::kGranted) | lacking(passed);
  for (const Capability capability : (used - set).members()) {
    std::vector<UnneededCheck> own;
    for (Check& check : sorted_checks(uses, capability, CheckResult::kGranted)) {
      const std::optional<CheckResult> without = outcome_of(check, outcomes);
      own.push_back({std::move(check), without});
    }
    std::ranges::stable_sort(own, std::greater{}, &UnneededCheck::without);
    cut(own);
    std::ranges::move(own, std::back_inserter(all));
  }
  return all;
}

}  // namespace capmin
