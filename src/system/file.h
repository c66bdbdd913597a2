#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace capmin {

/// The whole content of the regular file `path`, at most `limit` bytes.
/// Throws Error kUsage where it cannot be read, is no regular file or is larger.
std::string read_file(const std::filesystem::path& path, std::size_t limit = 16U << 20U);

/// Throws Error kOutput unless `path` could be written by write_file: it is a regular file or does
/// not exist, and its directory takes new files. Leaves nothing behind.
void check_writable(const std::filesystem::path& path);

/// Writes `text` to `path` whole or not at all: a new file beside it is synced and renamed over it,
/// so that a crash leaves the old content or the new one. Keeps the mode of an existing file.
/// Throws Error kOutput where that fails, and where `path` is anything but a regular file (a link,
/// a device, a directory); the old content is then intact.
void write_file(const std::filesystem::path& path, std::string_view text);

/// The SHA-256 of `data` in 64 lower-case hexadecimal digits.
std::string sha256(std::string_view data);

/// A file that is read or executed again and again while what it held at first is what counts.
struct PinnedFile {
  std::string role;  ///< what it is, for a person: "the probe"
  std::filesystem::path path;
  std::string sha256;  ///< of what it held at first
};

/// Throws Error kUsage where the file does not hold what it held at first, or cannot be read.
void check_unchanged(const PinnedFile& file);

}  // namespace capmin
