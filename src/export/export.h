#pragma once

#include "export/target.h"

#include <string>
#include <vector>

namespace capmin {

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

/// The content for a place of `target` that takes the set alone, warnings and notes included.
/// `opens_ports` is the target's own but where something speaks against it, such as a service in
/// the host's network.
ExportContent content_for(const Profile& profile, const Target& target,
                          const ExportRequest& request, bool opens_ports);

}  // namespace capmin
