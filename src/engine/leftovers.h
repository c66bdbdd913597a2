#pragma once

#include "engine/engine.h"
#include "engine/replies.h"
#include "system/process_identity.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace capmin {

/// The label that names the run, and the one that names the process that made an object
/// (system/process_identity.h).
inline constexpr const char* kRunLabel = "capmin.run";
inline constexpr const char* kOwnerLabel = "capmin.owner";

/// Both labels for an object of the run `run` (random_id()) of the process `owner`.
std::vector<std::pair<std::string, std::string>> run_labels(const std::string& run,
                                                            const std::string& owner);

/// The process that made `object`, where a capmin did; nothing where anybody else may have. A
/// capmin names its objects, and the Compose projects that name theirs, after the run:
/// "capmin-RUN-...". Labels alone prove nothing, since a container inherits those of its image,
/// which may carry a capmin's by malice or because it was committed from a trial: what
/// `image_labels` have as well tells nothing of the container.
std::optional<std::string> owner_of(const LabelledObject& object, const Labels& image_labels);

/// Something that a capmin made for its run.
struct Leftover {
  enum class Kind { kContainer, kNetwork, kVolume, kDirectory };
  Kind kind = Kind::kContainer;
  std::string id;  ///< by which it is removed: that of its LabelledObject, or a directory's path
  std::string name;
  ProcessIdentity owner;
};

/// What capmins made on the engine, in the order in which it can be removed: containers, then
/// networks, then volumes; whoever made it and whether that one still runs or not; with `owner`,
/// only what this process made. Throws as Engine does.
std::vector<Leftover> find_on_engine(Engine& engine, const std::optional<ProcessIdentity>& owner);

/// The copied directories in the system's temporary directory, in the same way; only those of the
/// user whom this process acts for.
std::vector<Leftover> find_directories(const std::optional<ProcessIdentity>& owner);

/// Removes it; false where that cannot be done.
bool remove(const Leftover& leftover, Engine& engine) noexcept;

}  // namespace capmin
