#include "engine/file_capability.h"

#include <cstddef>
#include <cstdint>
#include <linux/capability.h>

namespace capmin {
namespace {

/// Of hostile bytes only those bits that mean something.
CapabilitySet known(std::uint64_t bits) {
  return CapabilitySet::from_bits(bits & ((std::uint64_t{1} << kCapabilityCount) - 1));
}

/// The little-endian word at `offset`, which must lie within `bytes`.
std::uint32_t word(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

}  // namespace

std::optional<FileCapability> parse_file_capability(std::string_view bytes) {
  if (bytes.size() < sizeof(std::uint32_t)) return std::nullopt;
  const std::uint32_t magic = word(bytes, 0);
  const std::uint32_t revision = magic & VFS_CAP_REVISION_MASK;
  const bool is_long = bytes.size() == XATTR_CAPS_SZ_2 && revision == VFS_CAP_REVISION_2;
  const bool is_owned = bytes.size() == XATTR_CAPS_SZ_3 && revision == VFS_CAP_REVISION_3;
  const bool is_short = bytes.size() == XATTR_CAPS_SZ_1 && revision == VFS_CAP_REVISION_1;
  if (!is_short && !is_long && !is_owned) return std::nullopt;
  // Pairs of words: the lower halves of permitted and inheritable, then the upper ones.
  std::uint64_t permitted = word(bytes, 4);
  std::uint64_t inheritable = word(bytes, 8);
  if (!is_short) {
    permitted |= std::uint64_t{word(bytes, 12)} << 32U;
    inheritable |= std::uint64_t{word(bytes, 16)} << 32U;
  }
  return FileCapability{.permitted = known(permitted),
                        .inheritable = known(inheritable),
                        .effective = (magic & VFS_CAP_FLAGS_EFFECTIVE) != 0};
}

}  // namespace capmin
