#pragma once

#include "core/capability.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// The capabilities that a program's file carries: its extended attribute security.capability.
struct FileCapability {
  CapabilitySet permitted;
  CapabilitySet inheritable;
  bool effective = false;  ///< the program gets all it carries at once, or is not executed at all

  /// What must be in the bounding set for the program to be executed: execve(2) refuses a program
  /// with the effective bit that could not get all of its permitted set, capabilities(7) "Safety
  /// checking for capability-dumb binaries".
  CapabilitySet needed_to_execute() const { return effective ? permitted : CapabilitySet{}; }
  friend bool operator==(const FileCapability&, const FileCapability&) = default;
};

/// Reads the bytes of the attribute: struct vfs_cap_data of linux/capability.h, revisions 1 to 3.
/// Nothing where they are not of that form.
std::optional<FileCapability> parse_file_capability(std::string_view bytes);

/// One entry of a tar archive, as far as it tells what a program may do. All of it is hostile.
struct TarEntry {
  enum class Kind { kFile, kSymbolicLink, kOther };
  Kind kind = Kind::kOther;
  std::string path;                          ///< as it stands in the archive
  std::string link;                          ///< where a symbolic link leads to
  unsigned mode = 0;                         ///< permission, set-user-ID and set-group-ID bits
  std::size_t uid = 0;                       ///< the owner
  std::optional<FileCapability> capability;  ///< from the record SCHILY.xattr.security.capability
};

/// Reads a tar archive piece by piece and keeps nothing of the files' contents: the ustar format
/// with the extended headers of pax(1), as `docker cp CONTAINER:PATH -` and `docker export` print
/// it, and GNU tar's long names. Bounded memory for any input.
class TarReader {
 public:
  /// `visit` is called for each entry, in their order.
  explicit TarReader(std::function<void(const TarEntry&)> visit) : visit_(std::move(visit)) {}

  /// Takes the next bytes of the archive.
  void add(std::string_view bytes);
  /// The end of the archive was seen, and everything before it was of the format.
  bool complete() const { return state_ == State::kEnd; }

 private:
  enum class State { kHeader, kRecords, kLongName, kLongLink, kContent, kEnd, kBroken };
  using Records = std::map<std::string, std::string, std::less<>>;

  void take_header(std::string_view block);
  void take_text(std::string_view text);
  void finish_entry(std::string_view block, std::size_t size);

  std::function<void(const TarEntry&)> visit_;
  State state_ = State::kHeader;
  std::string buffer_;      ///< a header block or an extended header, until it is whole
  std::size_t wanted_ = 0;  ///< bytes of the text in buffer_ without its padding
  std::size_t skip_ = 0;    ///< bytes of contents and padding still to come
  Records records_;         ///< of the entry that follows
};

/// The first entry of the archive that begins with `bytes`. What follows the header need not be
/// there. Nothing where the bytes are no such archive.
std::optional<TarEntry> first_tar_entry(std::string_view bytes);

}  // namespace capmin
