#include "core/seccomp.h"
#include "system/file.h"
#include "text/embedded.h"
#include "trace/kernel_tracer.h"

#include <algorithm>
#include <array>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <bpf/skel_internal.h>
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
using Object = std::unique_ptr<bpf_object, CloseObject>;

/// What the kernel holds for a tracer as long as these are open.
struct Loaded {
  std::map<std::string, Descriptor> maps;  ///< by name
  std::vector<Descriptor> links;           ///< programs at their tracepoints
};

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
  explicit LibbpfTracer(Loaded loaded)
      : wanted_(std::move(loaded.maps.at("wanted"))),
        containers_(std::move(loaded.maps.at("containers"))),
        counts_(std::move(loaded.maps.at("counts"))),
        requests_(std::move(loaded.maps.at("requests"))),
        programs_(std::move(loaded.maps.at("programs"))),
        links_(std::move(loaded.links)) {}

  void watch(const std::string& container) noexcept override;
  std::optional<Trace> collect(const std::string& container) noexcept override;

 private:
  std::vector<Check> take_checks(std::uint32_t number);
  std::vector<CapabilityRequest> take_requests(std::uint32_t number);
  std::vector<std::string> take_programs(std::uint32_t number);

  Descriptor wanted_;
  Descriptor containers_;
  Descriptor counts_;
  Descriptor requests_;
  Descriptor programs_;
  std::vector<Descriptor> links_;
  std::mutex mutex_;
  std::map<std::string, std::uint32_t> numbers_;
  std::uint32_t last_number_ = 0;
};

void LibbpfTracer::watch(const std::string& container) noexcept {
  if (container.size() != kIdLength) return;
  const std::scoped_lock lock(mutex_);
  const std::uint32_t number = ++last_number_;
  const ContainerEntry entry{};
  if (bpf_map_update_elem(containers_.get(), &number, &entry, BPF_ANY) != 0) return;
  if (bpf_map_update_elem(wanted_.get(), container.data(), &number, BPF_ANY) != 0) return;
  numbers_[container] = number;
}

std::optional<Trace> LibbpfTracer::collect(const std::string& container) noexcept {
  const std::scoped_lock lock(mutex_);
  const auto found = numbers_.find(container);
  if (found == numbers_.end()) return std::nullopt;
  const std::uint32_t number = found->second;
  numbers_.erase(found);
  bpf_map_delete_elem(wanted_.get(), container.data());
  ContainerEntry entry{};
  const bool is_known = bpf_map_lookup_elem(containers_.get(), &number, &entry) == 0;
  bpf_map_delete_elem(containers_.get(), &number);
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
  for (const CheckKey& taken : keys_of<CheckKey>(counts_.get(), number)) {
    std::uint64_t count = 0;
    if (bpf_map_lookup_elem(counts_.get(), &taken, &count) != 0) continue;
    bpf_map_delete_elem(counts_.get(), &taken);
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
  for (const RequestKey& taken : keys_of<RequestKey>(requests_.get(), number)) {
    std::uint64_t count = 0;
    if (bpf_map_lookup_elem(requests_.get(), &taken, &count) != 0) continue;
    bpf_map_delete_elem(requests_.get(), &taken);
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
  for (const ProgramKey& taken : keys_of<ProgramKey>(programs_.get(), number)) {
    bpf_map_delete_elem(programs_.get(), &taken);
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

/// Memory that the kernel reads and writes while it loads: the loader's own words, then those of
/// each map, then those of each program, in the order of the object.
class LoaderContext {
 public:
  LoaderContext(std::size_t maps, std::size_t programs)
      : maps_(maps), words_(size(maps, programs) / sizeof(std::uint64_t)) {
    context()->sz = static_cast<std::uint32_t>(size(maps, programs));
  }
  bpf_loader_ctx* context() { return reinterpret_cast<bpf_loader_ctx*>(words_.data()); }
  int map(std::size_t index) { return maps()[index].map_fd; }
  int program(std::size_t index) {
    return reinterpret_cast<bpf_prog_desc*>(maps() + maps_)[index].prog_fd;
  }

 private:
  static std::size_t size(std::size_t maps, std::size_t programs) {
    const std::size_t bytes =
        sizeof(bpf_loader_ctx) + maps * sizeof(bpf_map_desc) + programs * sizeof(bpf_prog_desc);
    return (bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t) * sizeof(std::uint64_t);
  }
  bpf_map_desc* maps() { return reinterpret_cast<bpf_map_desc*>(context() + 1); }

  std::size_t maps_;
  std::vector<std::uint64_t> words_;
};

std::vector<std::string> map_names(const bpf_object* object) {
  std::vector<std::string> names;
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) names.emplace_back(bpf_map__name(map));
  return names;
}

std::size_t program_count(bpf_object* object) {
  std::size_t count = 0;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object)++ count;
  return count;
}

/// Has the kernel itself fit the programs to its types: libbpf would read all of them into this
/// process first, some 11 MiB, and search them for longer than all the rest takes.
TracerAttachment load_in_kernel(bpf_object* object, Loaded& loaded) {
  gen_loader_opts loader{};
  loader.sz = sizeof loader;
  int error = bpf_object__gen_loader(object, &loader);
  if (error == 0) error = bpf_object__load(object);
  if (error != 0) return refused("preparing BPF programs", -error);
  const std::vector<std::string> names = map_names(object);
  const std::size_t programs = program_count(object);
  LoaderContext context(names.size(), programs);
  bpf_load_and_run_opts options{};
  options.ctx = context.context();
  options.data = loader.data;
  options.data_sz = loader.data_sz;
  options.insns = loader.insns;
  options.insns_sz = loader.insns_sz;
  error = bpf_load_and_run(&options);
  if (error != 0) return refused("loading BPF programs", -error);
  for (std::size_t i = 0; i < names.size(); ++i) {
    loaded.maps.emplace(names[i], Descriptor(context.map(i)));
  }
  for (std::size_t i = 0; i < programs; ++i) {
    const Descriptor program(context.program(i));
    Descriptor link(bpf_raw_tracepoint_open(nullptr, program.get()));
    if (link.get() < 0) return refused("attaching BPF programs", errno);
    loaded.links.push_back(std::move(link));
  }
  return {};
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
  const Object object(bpf_object__open_mem(bytes.data(), bytes.size(), nullptr));
  if (!object) return refused("reading the BPF programs", errno);
  Loaded loaded;
  TracerAttachment attachment = load_in_kernel(object.get(), loaded);
  if (!attachment.fault.empty()) return attachment;
  attachment.tracer = std::make_unique<LibbpfTracer>(std::move(loaded));
  return attachment;
}

}  // namespace capmin
