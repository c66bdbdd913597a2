#include "engine/tar_reader.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <linux/capability.h>
#include <utility>

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

namespace {

constexpr std::size_t kBlock = 512;
/// Names and attributes of one file are limited to 64 KiB each by the kernel, xattr(7).
constexpr std::size_t kLongestText = 1U << 20U;

std::size_t padding(std::size_t size) {
  return (kBlock - size % kBlock) % kBlock;
}

/// A text field of a tar header, up to its first NUL byte.
std::string_view field(std::string_view header, std::size_t offset, std::size_t size) {
  const std::string_view text = header.substr(offset, size);
  return text.substr(0, text.find('\0'));
}

/// Empty is 0, as tar has it.
std::optional<std::size_t> number(std::string_view text, int base) {
  while (text.ends_with(' '))
    text.remove_suffix(1);
  if (text.empty()) return 0;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Adds the records "LENGTH KEY=VALUE\n" of an extended header; false when one is malformed.
bool read_records(std::string_view text, std::map<std::string, std::string, std::less<>>& records) {
  while (!text.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || length > text.size() || length < digits + 2) return false;
    const std::string_view record = text.substr(digits + 1, length - digits - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return false;
    records[std::string(record.substr(0, equals))] = record.substr(equals + 1);
    text.remove_prefix(length);
  }
  return true;
}

// Offsets of the ustar format, pax(1).
constexpr std::size_t kMode = 100;
constexpr std::size_t kUid = 108;
constexpr std::size_t kSize = 124;
constexpr std::size_t kType = 156;
constexpr std::size_t kLink = 157;
constexpr std::size_t kMagic = 257;
constexpr std::size_t kPrefix = 345;

std::string path_of(std::string_view block) {
  // GNU's format has other fields where ustar has the prefix.
  const bool is_ustar = block[kMagic + 5] == '\0';
  const std::string_view prefix = is_ustar ? field(block, kPrefix, 155) : std::string_view();
  const std::string name(field(block, 0, 100));
  return prefix.empty() ? name : std::string(prefix) + '/' + name;
}

}  // namespace

void TarReader::add(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::kEnd && state_ != State::kBroken) {
    if (skip_ > 0) {
      const std::size_t count = std::min(skip_, bytes.size());
      skip_ -= count;
      bytes.remove_prefix(count);
      continue;
    }
    if (state_ == State::kContent) state_ = State::kHeader;
    const std::size_t whole = state_ == State::kHeader ? kBlock : wanted_ + padding(wanted_);
    const std::size_t count = std::min(whole - buffer_.size(), bytes.size());
    buffer_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
    if (buffer_.size() < whole) return;
    const std::string text = std::exchange(buffer_, {});
    if (state_ == State::kHeader) {
      take_header(text);
    } else {
      take_text(std::string_view(text).substr(0, wanted_));
    }
  }
}

void TarReader::take_header(std::string_view block) {
  if (block.find_first_not_of('\0') == std::string_view::npos) {
    state_ = State::kEnd;
    return;
  }
  const std::optional<std::size_t> size = number(field(block, kSize, 12), 8);
  if (block.substr(kMagic, 5) != "ustar" || !size) {
    state_ = State::kBroken;
    return;
  }
  const char type = block[kType];
  const bool is_text = type == 'x' || type == 'g' || type == 'L' || type == 'K';
  if (!is_text) return finish_entry(block, *size);
  wanted_ = *size;
  state_ = wanted_ > kLongestText ? State::kBroken
           : type == 'L'          ? State::kLongName
           : type == 'K'          ? State::kLongLink
                                  : State::kRecords;
  // What holds for all entries, 'g', tells nothing about files.
  if (type == 'g') {
    skip_ = wanted_ + padding(wanted_);
    state_ = State::kContent;
  } else if (wanted_ == 0) {
    state_ = State::kHeader;
  }
}

void TarReader::take_text(std::string_view text) {
  const State kind = std::exchange(state_, State::kHeader);
  if (kind == State::kLongName) records_["path"] = text.substr(0, text.find('\0'));
  if (kind == State::kLongLink) records_["linkpath"] = text.substr(0, text.find('\0'));
  if (kind == State::kRecords && !read_records(text, records_)) state_ = State::kBroken;
}

void TarReader::finish_entry(std::string_view block, std::size_t size) {
  const Records records = std::exchange(records_, {});
  const auto record = [&records](std::string_view key) {
    const auto found = records.find(key);
    return found == records.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  const auto larger = record("size");
  const std::optional<std::size_t> length = larger ? number(*larger, 10) : size;
  const auto owner = record("uid");
  const auto uid = owner ? number(*owner, 10) : number(field(block, kUid, 8), 8);
  const auto mode = number(field(block, kMode, 8), 8);
  constexpr std::size_t kLargest = std::size_t{1} << 62U;
  if (!length || *length > kLargest || !mode) {
    state_ = State::kBroken;
    return;
  }
  const char type = block[kType];
  TarEntry entry;
  entry.path = record("path").value_or(path_of(block));
  entry.mode = static_cast<unsigned>(*mode) & 07777U;
  // A number too large for the field is nobody's that matters here.
  entry.uid = uid.value_or(kLargest);
  if (type == '0' || type == '\0') entry.kind = TarEntry::Kind::kFile;
  if (type == '2') {
    entry.kind = TarEntry::Kind::kSymbolicLink;
    entry.link = record("linkpath").value_or(std::string(field(block, kLink, 100)));
  }
  if (const auto attribute = record("SCHILY.xattr.security.capability")) {
    entry.capability = parse_file_capability(*attribute);
  }
  // Links and directories have no contents, whatever their header says.
  const bool has_contents = type != '1' && type != '2' && type != '5';
  skip_ = has_contents ? *length + padding(*length) : 0;
  state_ = State::kContent;
  visit_(entry);
}

std::optional<TarEntry> first_tar_entry(std::string_view bytes) {
  std::optional<TarEntry> first;
  TarReader reader([&first](const TarEntry& entry) {
    if (!first) first = entry;
  });
  reader.add(bytes);
  return first;
}

}  // namespace capmin
