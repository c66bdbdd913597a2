#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace capmin {

/// A file descriptor of the system that is closed at the end of its owner's life.
class Descriptor {
 public:
  /// Owns `number`, which may be negative: then there is nothing to close.
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  /// Takes over what `other` owns; nothing is left to it.
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  /// The number, negative where opening failed or the descriptor is closed.
  int get() const { return number_; }
  /// Closes now and tells whether that went well: a file system may report a full disk only here.
  bool close();

 private:
  int number_;
};

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

/// Where `path`, taken from `directory`, is. Throws Error kUsage where it is absolute, or where it
/// or one of its links leaves the directory. The file need not exist.
std::filesystem::path contained_path(const std::filesystem::path& directory,
                                     const std::filesystem::path& path);

/// Whether `path`, with its links followed, is below `directory`.
bool is_below(const std::filesystem::path& directory, const std::filesystem::path& path);

/// Writes data to standard output, whole; throws Error kOutput where it takes no more.
void write_standard_output(std::string_view text);

/// How much of a tree of files is read.
struct TreeLimits {
  std::uintmax_t bytes = 64U << 20U;
  std::size_t entries = 20'000;
};

/// A hash of all that a container could see of the file or directory `path`: names, kinds, modes,
/// owners, what files hold and where links point; times are left out. Links below it are not
/// followed. Nothing where that cannot be read whole: it is not there, may not be read, changes
/// meanwhile, or is more than `limits`.
std::optional<std::string> tree_hash(const std::filesystem::path& path,
                                     const TreeLimits& limits = {});

}  // namespace capmin
