#pragma once

#include "export/export_content.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A format that capmin export writes, and what its platform does with capabilities.
struct Target {
  std::string_view format;    ///< the word behind --format
  std::string_view what;      ///< what is written, for people
  std::string_view platform;  ///< who grants the set; empty where nobody does
  /// Docker's rule: inside the container's network every port and ping are open to all, so that
  /// capabilities needed only where they are privileged are not needed.
  bool opens_ports = false;
  bool comments = false;  ///< the format has comments that begin with "#"
  /// Added capabilities become effective for root only; other users keep them in the bounding set.
  bool root_only = false;
  CapabilitySet granted = {};  ///< by default; empty where nothing can be dropped by name
  CapabilitySet sure = {};     ///< of `granted`, what every runtime of the platform grants
  /// What is written, but for comments. What the target has no word for is named in the content's
  /// warnings.
  std::string (*write)(ExportContent& content) = nullptr;
  /// Adds the warnings and notes that only this target has; null where it has none.
  void (*remark)(ExportContent& content) = nullptr;
};

/// All formats, in the order of the help text.
std::span<const Target> targets();

/// The target whose format is `format`; null where there is none.
const Target* target_named(std::string_view format);

/// What is asked for beside the profile and the target.
struct ExportRequest {
  ExportStyle style = ExportStyle::kDropAll;
  std::string name;            ///< of the service or container; empty: made of the image's name
  std::string profile_sha256;  ///< of the profile's file; may be empty
};

/// What was written, and what a person must or may want to know about it.
struct Exported {
  std::string text;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

/// The set of `profile` and what else it was proven with, as `target` spells it. Texts of the
/// profile are escaped for the format; those in warnings and notes are not. Throws Error kUsage
/// where the style makes no sense for the target, or where the format needs what the profile does
/// not hold.
Exported export_profile(const Profile& profile, const Target& target, const ExportRequest& request);

/// A file that is somebody else's, and its name in messages.
struct MergeFile {
  std::string text;
  std::string source;
};

/// Puts the set of `profile` into `file`, a Compose file or a Kubernetes manifest as `target` says:
/// into the service or container `request.name`, or the only one. Every byte outside the entries
/// that hold the set stays as it is. Throws Error kUsage with the line where that is impossible,
/// and as export_profile.
Exported merge_profile(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file);

/// The content for a place of `target` that takes the set alone, warnings and notes included.
/// `opens_ports` is the target's own but where something speaks against it, such as a service in
/// the host's network.
ExportContent content_for(const Profile& profile, const Target& target,
                          const ExportRequest& request, bool opens_ports);

}  // namespace capmin
