#pragma once

#include "core/capability.h"
#include "profile/container_settings.h"
#include "profile/profile.h"

#include <string>
#include <vector>

namespace capmin {

/// How the set is put into words for a target.
enum class ExportStyle {
  kDropAll,       ///< drop everything, add what is needed
  kDropUnneeded,  ///< drop by name what the target grants by default and the image does not need
};

/// What a container's definition drops from the target's default set and adds to it.
struct CapabilityChange {
  bool drops_all = true;  ///< `drop` then does not count
  CapabilitySet drop;
  CapabilitySet add;

  /// The words behind "drop": ALL, or the names, sorted.
  std::vector<std::string> dropped() const;
  /// The names behind "add", sorted.
  std::vector<std::string> added() const;
};

/// The change that leaves a container with `needed`, but for kDropUnneeded also with nothing less
/// where the target grants less than `granted`: `sure` is what it grants under every runtime.
CapabilityChange change_to(CapabilitySet needed, ExportStyle style, CapabilitySet granted,
                           CapabilitySet sure);

/// What is written for a target: the part of a profile that the target's writers spell out.
struct ExportContent {
  const Profile& profile;
  CapabilitySet needed;           ///< under the target's rules for ports and ping
  CapabilityChange change;        ///< how the target comes to grant it
  std::string name;               ///< of the service or container; lower case, fit for a host name
  std::string profile_sha256;     ///< of the profile's file, 64 hexadecimal digits
  std::vector<Setting> settings;  ///< what else the containers of the proof had
  std::vector<std::string> warnings;  ///< what a person must know before using the result
  std::vector<std::string> notes;     ///< what a person may want to know

  /// Warns that `what` of the proof stands nowhere in the result, and why.
  void leave_out(const std::string& what, const std::string& why);
};

/// One fact about where the set comes from. Texts are as the profile has them.
struct ProvenanceFact {
  std::string key;  ///< lower-case letters
  std::string value;
};

/// Image, digest, id, user, guarantee, version of capmin, time and hash of the profile; what the
/// profile does not know is left out.
std::vector<ProvenanceFact> provenance(const ExportContent& content);

/// Provenance, warnings and notes as comment lines that begin with "# ", for formats that have such
/// comments. Printable ASCII; nothing in it ends a comment or is a command to a CI system.
std::string comments(const ExportContent& content);

/// Provenance in one line behind "# capmin", for a line of a file that is somebody else's.
std::string short_comment(const ExportContent& content);

/// The last part of an image's name as a host name has it: lower-case letters, digits and "-", at
/// most 63; "app" where nothing is left.
std::string resource_name(const std::string& reference);

}  // namespace capmin
