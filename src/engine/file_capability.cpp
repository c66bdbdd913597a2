#include "engine/file_capability.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <linux/capability.h>
#include <map>

namespace capmin {
namespace {

constexpr std::size_t kBlock = 512;

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

/// A text field of a tar header, up to its first NUL byte.
std::string_view field(std::string_view header, std::size_t offset, std::size_t size) {
  const std::string_view text = header.substr(offset, size);
  return text.substr(0, text.find('\0'));
}

std::optional<std::size_t> octal(std::string_view text) {
  while (text.ends_with(' '))
    text.remove_suffix(1);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

using Records = std::map<std::string, std::string, std::less<>>;

/// The records "LENGTH KEY=VALUE\n" of an extended header; nothing when one is malformed.
std::optional<Records> read_records(std::string_view text) {
  Records records;
  while (!text.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || length > text.size() || length < digits + 2) return std::nullopt;
    const std::string_view record = text.substr(digits + 1, length - digits - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    records[std::string(record.substr(0, equals))] = record.substr(equals + 1);
    text.remove_prefix(length);
  }
  return records;
}

/// The header block at the beginning of `bytes`.
struct Header {
  char type = 0;
  std::size_t size = 0;
  std::string_view link;
};

std::optional<Header> read_header(std::string_view bytes) {
  // Offsets of the ustar format, pax(1).
  constexpr std::size_t kSize = 124;
  constexpr std::size_t kType = 156;
  constexpr std::size_t kLink = 157;
  constexpr std::size_t kMagic = 257;
  if (bytes.size() < kBlock || bytes.substr(kMagic, 5) != "ustar") return std::nullopt;
  const auto size = octal(field(bytes, kSize, 12));
  if (!size) return std::nullopt;
  return Header{.type = bytes[kType], .size = *size, .link = field(bytes, kLink, 100)};
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

std::optional<TarEntry> first_tar_entry(std::string_view bytes) {
  std::optional<Header> header = read_header(bytes);
  Records records;
  if (header && header->type == 'x') {
    const std::size_t padded = (header->size + kBlock - 1) / kBlock * kBlock;
    if (bytes.size() - kBlock < padded) return std::nullopt;
    auto read = read_records(bytes.substr(kBlock, header->size));
    if (!read) return std::nullopt;
    records = std::move(*read);
    header = read_header(bytes.substr(kBlock + padded));
  }
  if (!header) return std::nullopt;
  TarEntry entry;
  if (header->type == '0' || header->type == '\0') entry.kind = TarEntry::Kind::kFile;
  if (header->type == '2') {
    entry.kind = TarEntry::Kind::kSymbolicLink;
    const auto path = records.find("linkpath");
    entry.link = path == records.end() ? std::string(header->link) : path->second;
  }
  const auto attribute = records.find("SCHILY.xattr.security.capability");
  if (attribute != records.end()) entry.capability = parse_file_capability(attribute->second);
  return entry;
}

}  // namespace capmin
