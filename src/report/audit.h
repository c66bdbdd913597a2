#pragma once

#include "core/capability.h"
#include "core/enum_words.h"
#include "profile/profile.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A running container: what it was made of, what it holds, and how it is kept apart from its host.
/// Texts are the engine's, hostile.
struct AuditedContainer {
  std::string name;
  std::string id;
  std::string image;         ///< as its creator named it
  std::string image_id;      ///< "sha256:..."
  std::string image_digest;  ///< "sha256:..." of its registry; empty without
  std::string project;       ///< of Compose; empty without
  std::string service;       ///< in that project
  CapabilitySet held;        ///< what its first process has or can come to have
  CapabilitySet effective;   ///< what that one has now
  bool privileged = false;
  bool root = false;  ///< its first process is root of the host
  bool no_new_privileges = false;
  bool host_pid = false;      ///< in the host's pid namespace
  bool host_network = false;  ///< in the host's network namespace
};

/// A profile and the file that it stands in.
struct AuditProfile {
  std::string path;
  Profile profile;
  int line = 1;  ///< of the set in the file
};

/// By what a container's image is known to be that of a profile, from the surest on.
enum class ImageMatch { kId, kDigest, kReference };

/// The words for that.
inline constexpr auto kImageMatches = std::to_array<EnumWord<ImageMatch>>({
    {ImageMatch::kId, "id"},
    {ImageMatch::kDigest, "digest"},
    {ImageMatch::kReference, "reference"},
});

/// What an audit can fail for.
enum class AuditGround {
  kSurplus,  ///< the container holds what its profile does not say it needs
  kRisk,     ///< it is privileged, or holds so a capability of high risk
  kUnknown,  ///< there is no profile of its image
};

/// The words for grounds.
inline constexpr auto kAuditGrounds = std::to_array<EnumWord<AuditGround>>({
    {AuditGround::kSurplus, "surplus"},
    {AuditGround::kRisk, "risk"},
    {AuditGround::kUnknown, "unknown"},
});

/// A container beside the profile of its image.
struct AuditEntry {
  AuditedContainer container;
  std::optional<ImageMatch> match;  ///< nothing where no profile is of its image
  std::string profile;              ///< path of the profile; empty without
  int line = 1;                     ///< of the profile's set in its file
  CapabilitySet needed;             ///< the profile's set, and what it needs under conditions
  CapabilitySet surplus;            ///< what is held beyond that; empty without a profile
  CapabilitySet lacking;            ///< of the profile's set what is not held
  CapabilitySet dangerous;          ///< of high risk, held, and needed by no profile
  std::vector<AuditGround> grounds;
};

/// All that was looked at, by the containers' names.
struct Audit {
  std::vector<AuditEntry> entries;
  std::vector<std::string> left_out;  ///< names of containers that ended meanwhile
};

/// What a container of the profile may hold: its set, and what it needs only under a condition.
CapabilitySet needed_set(const Profile& profile);

/// The members of `set` that are of this risk.
CapabilitySet of_risk(Risk risk, CapabilitySet set);

/// By what `container` is one of the image of a profile; nothing where it is of another one.
/// References are compared as the engines write them: "redis" is "docker.io/library/redis:latest".
std::optional<ImageMatch> match_of(const AuditedContainer& container, const Profile::Image& image);

/// Puts `container` beside the profile of its image. Of several the surest match counts, then that
/// which leaves the less risky surplus, then the one whose path comes first.
AuditEntry audit_entry(const AuditedContainer& container,
                       const std::vector<AuditProfile>& profiles);

/// Whether some container gives one of `grounds`.
bool fails(const Audit& audit, const std::vector<AuditGround>& grounds);

/// The audit for a terminal: of each container the profile, what it holds, the surplus by its risk
/// and how it runs, then all in a line.
std::string to_text(const Audit& audit);

/// The same for programs; src/manual/audit.md names the keys.
std::string to_json(const Audit& audit);

/// The same as a table of Markdown. Untrusted text stands in code spans only.
std::string to_markdown(const Audit& audit);

/// What a reviewer should look at as SARIF 2.1.0: a result for each capability of a surplus (low
/// risk: a note, medium: a warning, high: an error), at the profile's set, and for each other
/// finding.
std::string to_sarif(const Audit& audit);

}  // namespace capmin
