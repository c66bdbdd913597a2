#include "profile/drift.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace capmin {
namespace {

/// The engine's class is what decides on capabilities: which engine, whether it has root, what
/// its filter of system calls lets through, whether root inside is root outside. Its version is
/// none of it.
constexpr std::array<std::string_view, 14> kStale{
    "image.user",          "image.platform",          "probe.kind",
    "probe.sha256",        "probe.scenario",          "reset.sha256",
    "environment.engine",  "environment.seccomp",     "environment.rootless",
    "environment.network", "environment.ports",       "environment.options",
    "environment.command", "environment.userns_remap"};

bool is_stale(std::string_view field) {
  return std::ranges::find(kStale, field) != kStale.end() ||
         field.starts_with("environment.sysctls.");
}

}  // namespace

Drift drift_of(const ProfileDiff& diff) {
  Drift drift;
  for (const Change& change : diff.facts) {
    if (is_stale(change.field)) {
      drift.stale.push_back(change);
    } else if (change.field.starts_with("image.")) {
      drift.image.push_back(change);
      drift.is_new_image = drift.is_new_image || change.field == "image.id";
    } else {
      drift.notes.push_back(change);
    }
  }
  return drift;
}

}  // namespace capmin
