#pragma once

#include "engine/engine.h"
#include "system/process_identity.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// Something that a capmin made for its run.
struct Leftover {
  enum class Kind { kContainer, kVolume, kDirectory };
  Kind kind = Kind::kContainer;
  std::string id;  ///< by which it is removed: a container's id, else as `name`
  std::string name;
  ProcessIdentity owner;
};

/// What capmins made on the engine, containers before volumes, whoever made it and whether that one
/// still runs or not; with `owner`, only what this process made. Throws as Engine does.
std::vector<Leftover> find_on_engine(Engine& engine, const std::optional<ProcessIdentity>& owner);

/// The copied directories in the system's temporary directory, in the same way; only those of the
/// user whom this process acts for.
std::vector<Leftover> find_directories(const std::optional<ProcessIdentity>& owner);

/// Removes it; false where that cannot be done.
bool remove(const Leftover& leftover, Engine& engine) noexcept;

}  // namespace capmin
