#pragma once

#include "system/file.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A file of lines that one process at a time appends to. Created where it is not there, readable
/// by its owner only. Everything throws Error kOutput where the file cannot be used.
class LockedLog {
 public:
  /// Opens and locks `path`; refuses links of both kinds, devices and directories, and a file that
  /// another process has locked. Afterwards `path` names what is locked, even if another process
  /// removed its log meanwhile.
  explicit LockedLog(std::filesystem::path path);

  /// The lines that end in a line break, without it. At most 64 MiB are read.
  std::vector<std::string> whole_lines() const;
  /// The first bytes, at most so many.
  std::string beginning(std::size_t bytes) const;
  /// Drops everything behind the first `lines` lines.
  void truncate(std::size_t lines);
  /// Appends a line; returns when it is on the disk.
  void append(std::string_view line);
  /// Removes the file.
  void remove();

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace capmin
