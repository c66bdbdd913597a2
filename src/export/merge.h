#pragma once

#include "document/yaml_stream.h"
#include "export/export.h"

#include <string>

namespace capmin {

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

/// The two kinds of files, each with its own way to the place.
Exported merge_compose(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file);
Exported merge_kubernetes(const Profile& profile, const Target& target,
                          const ExportRequest& request, const MergeFile& file);

/// What speaks against the set in the place it goes to: a service or container of another image,
/// or a privileged one.
void add_place_warnings(const YamlTree& place, ExportContent& content);

}  // namespace capmin
