#include "report/audit.h"

#include <algorithm>
#include <utility>

namespace capmin {
namespace {

/// `reference` as docker and podman mean it, with its tag and without the registry that both leave
/// out.
std::string whole_reference(std::string reference) {
  for (const std::string_view registry : {"docker.io/", "library/", "localhost/"}) {
    if (reference.starts_with(registry)) reference.erase(0, registry.size());
  }
  const std::size_t slash = reference.rfind('/');
  const std::size_t name = slash == std::string::npos ? 0 : slash;
  if (reference.find_first_of(":@", name) == std::string::npos) reference += ":latest";
  return reference;
}

struct Candidate {
  ImageMatch match;
  const AuditProfile* of;
  CapabilitySet surplus;
};

bool is_before(const Candidate& a, const Candidate& b) {
  if (a.match != b.match) return a.match < b.match;
  const std::strong_ordering order = compare_risk(a.surplus, b.surplus);
  return order == 0 ? a.of->path < b.of->path : order < 0;
}

}  // namespace

CapabilitySet needed_set(const Profile& profile) {
  return profile.add | conditional_set(profile);
}

CapabilitySet of_risk(Risk risk, CapabilitySet set) {
  CapabilitySet result;
  for (const Capability member : set.members()) {
    if (info(member).risk == risk) result = result.with(member);
  }
  return result;
}

std::optional<ImageMatch> match_of(const AuditedContainer& container, const Profile::Image& image) {
  if (!image.id.empty() && image.id == container.image_id) return ImageMatch::kId;
  if (!image.digest.empty() && image.digest == container.image_digest) return ImageMatch::kDigest;
  const bool is_same = whole_reference(image.reference) == whole_reference(container.image);
  return is_same ? std::optional(ImageMatch::kReference) : std::nullopt;
}

AuditEntry audit_entry(const AuditedContainer& container,
                       const std::vector<AuditProfile>& profiles) {
  std::vector<Candidate> candidates;
  for (const AuditProfile& each : profiles) {
    const std::optional<ImageMatch> match = match_of(container, each.profile.image);
    if (match) candidates.push_back({*match, &each, container.held - needed_set(each.profile)});
  }
  AuditEntry entry;
  entry.container = container;
  const auto best = std::ranges::min_element(candidates, is_before);
  if (best == candidates.end()) {
    entry.grounds.push_back(AuditGround::kUnknown);
  } else {
    entry.match = best->match;
    entry.profile = best->of->path;
    entry.line = best->of->line;
    entry.needed = needed_set(best->of->profile);
    entry.surplus = best->surplus;
    entry.lacking = best->of->profile.add - container.held;
    if (!entry.surplus.empty()) entry.grounds.push_back(AuditGround::kSurplus);
  }
  entry.dangerous = of_risk(Risk::kHigh, container.held - entry.needed);
  if (container.privileged || !entry.dangerous.empty()) {
    entry.grounds.push_back(AuditGround::kRisk);
  }
  return entry;
}

bool fails(const Audit& audit, const std::vector<AuditGround>& grounds) {
  return std::ranges::any_of(audit.entries, [&grounds](const AuditEntry& entry) {
    return std::ranges::find_first_of(entry.grounds, grounds) != entry.grounds.end();
  });
}

}  // namespace capmin
