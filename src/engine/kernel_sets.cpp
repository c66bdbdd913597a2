#include "engine/kernel_sets.h"

#include "engine/proc_text.h"

#include <charconv>

namespace capmin {
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

std::optional<KernelSets> kernel_sets_of_container(const std::string& id, int pid) {
  if (!is_in_container(id, pid)) return std::nullopt;
  return parse_kernel_sets(proc_text(pid, "status"));
}

}  // namespace capmin
