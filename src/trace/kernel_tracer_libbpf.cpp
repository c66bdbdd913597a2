#include "core/seccomp.h"
#include "text/embedded.h"
#include "trace/kernel_tracer.h"

#include <algorithm>
#include <array>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <seccomp.h>
#include <vector>

namespace capmin {
namespace {

constexpr std::size_t kIdLength = 64;
constexpr const char* kTypes = "/sys/kernel/btf/vmlinux";

/// Those of checks.bpf.c.
struct CheckKey {
  std::uint32_t container;
  std::int32_t call;
  std::uint16_t capability;
  std::uint16_t result;
  std::array<char, 16> process;
};
struct ContainerEntry {
  std::uint64_t lost;
  std::uint64_t roots;
  std::uint64_t programs;
};
struct RequestKey {
  std::uint32_t container;
  std::int32_t call;
  std::uint64_t asked;
  std::uint64_t held;
  std::uint32_t given;
  std::uint32_t padding;
  std::array<char, 16> process;
};
struct ProgramKey {
  std::uint32_t container;
  std::array<char, 124> path;
};

struct CloseObject {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};
struct DestroyLink {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Object = std::unique_ptr<bpf_object, CloseObject>;
using Link = std::unique_ptr<bpf_link, DestroyLink>;

/// That of checks.bpf.c.
constexpr std::uint16_t kNoCapability = 0xffff;

/// A number of another architecture's table, which a program of 32 bits may use, has a wrong name.
std::string call_name(std::int32_t call) {
  if (call < 0) return {};
  char* const name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
  std::string text = name == nullptr ? std::to_string(call) : name;
  std::free(name);
  return text;
}

/// The capability that was asked for; of a call that was refused before, the one that opens the
/// engine's filter for it.
std::optional<Capability> capability_of(const CheckKey& key, const std::string& call) {
  if (key.capability == kNoCapability) return least_opening_seccomp(call);
  if (key.capability >= kCapabilityCount) return std::nullopt;
  return static_cast<Capability>(key.capability);
}

/// The keys of a map that belong to a container.
template <typename Key>
std::vector<Key> keys_of(int map, std::uint32_t container) {
  std::vector<Key> keys;
  Key key{};
  const void* before = nullptr;
  // Others may count at the same time: what is removed behind our back starts the walk anew, so
  // its length is limited by the size of the largest map.
  constexpr int kMostSteps = 100'000;
  for (int step = 0; step < kMostSteps; ++step) {
    Key next{};
    if (bpf_map_get_next_key(map, before, &next) != 0) break;
    key = next;
    before = &key;
    if (key.container == container) keys.push_back(key);
  }
  return keys;
}

template <std::size_t N>
std::string text_of(const std::array<char, N>& bytes) {
  return {bytes.data(), ::strnlen(bytes.data(), N)};
}

class LibbpfTracer : public KernelTracer {
 public:
  LibbpfTracer(Object object, std::vector<Link> links)
      : object_(std::move(object)),
        links_(std::move(links)),
        wanted_(bpf_object__find_map_fd_by_name(object_.get(), "wanted")),
        containers_(bpf_object__find_map_fd_by_name(object_.get(), "containers")),
        counts_(bpf_object__find_map_fd_by_name(object_.get(), "counts")),
        requests_(bpf_object__find_map_fd_by_name(object_.get(), "requests")),
        programs_(bpf_object__find_map_fd_by_name(object_.get(), "programs")) {}

  void watch(const std::string& container) noexcept override;
  std::optional<Trace> collect(const std::string& container) noexcept override;

 private:
  std::vector<Check> take_checks(std::uint32_t number);
  std::vector<CapabilityRequest> take_requests(std::uint32_t number);
  std::vector<std::string> take_programs(std::uint32_t number);

  Object object_;
  std::vector<Link> links_;
  int wanted_;
  int containers_;
  int counts_;
  int requests_;
  int programs_;
  std::mutex mutex_;
  std::map<std::string, std::uint32_t> numbers_;
  std::uint32_t last_number_ = 0;
};

void LibbpfTracer::watch(const std::string& container) noexcept {
  if (container.size() != kIdLength) return;
  const std::scoped_lock lock(mutex_);
  const std::uint32_t number = ++last_number_;
  const ContainerEntry entry{};
  if (bpf_map_update_elem(containers_, &number, &entry, BPF_ANY) != 0) return;
  if (bpf_map_update_elem(wanted_, container.data(), &number, BPF_ANY) != 0) return;
  numbers_[container] = number;
}

std::optional<Trace> LibbpfTracer::collect(const std::string& container) noexcept {
  const std::scoped_lock lock(mutex_);
  const auto found = numbers_.find(container);
  if (found == numbers_.end()) return std::nullopt;
  const std::uint32_t number = found->second;
  numbers_.erase(found);
  bpf_map_delete_elem(wanted_, container.data());
  ContainerEntry entry{};
  const bool is_known = bpf_map_lookup_elem(containers_, &number, &entry) == 0;
  bpf_map_delete_elem(containers_, &number);
  std::vector<Check> checks = take_checks(number);
  std::vector<CapabilityRequest> requests = take_requests(number);
  std::vector<std::string> programs = take_programs(number);
  if (!is_known || (entry.roots == 0 && entry.lost == 0)) return std::nullopt;
  return Trace{.checks = std::move(checks),
               .programs = std::move(programs),
               .carried = std::nullopt,
               .lost = entry.lost,
               .requests = std::move(requests)};
}

/// Takes what was counted for a container out of the map.
std::vector<Check> LibbpfTracer::take_checks(std::uint32_t number) {
  std::map<Check, std::uint64_t> sums;
  for (const CheckKey& taken : keys_of<CheckKey>(counts_, number)) {
    std::uint64_t count = 0;
    if (bpf_map_lookup_elem(counts_, &taken, &count) != 0) continue;
    bpf_map_delete_elem(counts_, &taken);
    const std::string call = call_name(taken.call);
    const std::optional<Capability> capability = capability_of(taken, call);
    if (!capability || taken.result > 2) continue;
    sums[{.capability = *capability,
          .result = static_cast<CheckResult>(taken.result),
          .call = call,
          .process = text_of(taken.process),
          .count = 0}] += count;
  }
  std::vector<Check> checks;
  for (auto& [check, count] : sums) {
    checks.push_back(check);
    checks.back().count = count;
  }
  return checks;
}

std::vector<CapabilityRequest> LibbpfTracer::take_requests(std::uint32_t number) {
  std::vector<CapabilityRequest> requests;
  for (const RequestKey& taken : keys_of<RequestKey>(requests_, number)) {
    std::uint64_t count = 0;
    if (bpf_map_lookup_elem(requests_, &taken, &count) != 0) continue;
    bpf_map_delete_elem(requests_, &taken);
    requests.push_back({.call = call_name(taken.call),
                        .process = text_of(taken.process),
                        .asked = CapabilitySet::from_bits(taken.asked),
                        .held = CapabilitySet::from_bits(taken.held),
                        .is_given = taken.given != 0,
                        .count = count});
  }
  std::ranges::sort(requests);
  return requests;
}

std::vector<std::string> LibbpfTracer::take_programs(std::uint32_t number) {
  std::vector<std::string> programs;
  for (const ProgramKey& taken : keys_of<ProgramKey>(programs_, number)) {
    bpf_map_delete_elem(programs_, &taken);
    programs.push_back(text_of(taken.path));
  }
  std::ranges::sort(programs);
  return programs;
}

TracerAttachment fault(const std::string& reason, const std::string& hint) {
  return {.tracer = nullptr, .fault = reason, .hint = hint};
}

TracerAttachment refused(const std::string& action, int error) {
  if (error == EPERM || error == EACCES) {
    return fault("the kernel does not allow " + action + ": " + std::strerror(error),
                 "run capmin as root, or with CAP_BPF and CAP_PERFMON");
  }
  return fault(action + " failed: " + std::strerror(error),
               "its tracepoint capability:cap_capable takes Linux 6.14 or newer");
}

}  // namespace

TracerAttachment attach_kernel_tracer() {
  if (!std::ifstream(kTypes)) {
    return fault(std::string("the kernel does not describe its types in ") + kTypes,
                 "a kernel with CONFIG_DEBUG_INFO_BTF does");
  }
  // Its words are for developers; what a user needs is the error.
  libbpf_set_print(nullptr);
  const std::string_view bytes = embedded_checks();
  Object object(bpf_object__open_mem(bytes.data(), bytes.size(), nullptr));
  if (!object) return refused("reading the BPF programs", errno);
  if (const int error = bpf_object__load(object.get())) {
    return refused("loading BPF programs", -error);
  }
  std::vector<Link> links;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object.get()) {
    Link link(bpf_program__attach(program));
    if (!link) return refused("attaching BPF programs", errno);
    links.push_back(std::move(link));
  }
  return {.tracer = std::make_unique<LibbpfTracer>(std::move(object), std::move(links)),
          .fault = {},
          .hint = {}};
}

}  // namespace capmin
