#include "engine/container.h"

#include "core/error.h"
#include "engine/arguments.h"

#include <map>

namespace capmin {

Container::Container(Engine& engine, ProcessRunner& runner, const ContainerSpec& spec,
                     const TrialIdentity& identity)
    : engine_(engine) {
  try {
    ContainerSpec fresh = spec;
    std::map<std::string, std::string> replaced;
    for (Volume& volume : fresh.volumes) {
      if (spec.keep_volumes) break;
      if (volume.kind == Volume::Kind::kBind && !volume.read_only) {
        volume.source = copies_.emplace_back(volume.source, runner).path().string();
      }
      if (volume.kind != Volume::Kind::kNamed) continue;
      std::string& name = replaced[volume.source];
      if (name.empty()) {
        name = identity.name + "-volume-" + std::to_string(replaced.size());
        volumes_.push_back(name);
        engine_.create_volume(name, identity.labels);
      }
      volume.source = name;
    }
    create(fresh, identity);
  } catch (...) {
    remove();
    throw;
  }
}

/// Whoever has the name already keeps it, and the container.
void Container::create(const ContainerSpec& spec, TrialIdentity identity) {
  constexpr int kMostNames = 5;
  for (int names = 1; names <= kMostNames; ++names) {
    name_ = identity.name;
    if (const auto id = engine_.create(create_arguments(spec, identity))) {
      id_ = *id;
      return;
    }
    name_.clear();
    identity.name += "-again";
  }
  throw Error(ExitCode::kEngine, "cannot create a container: every name is taken");
}

Container::~Container() {
  remove();
}

void Container::remove() noexcept {
  // Also after a create that failed or ran out of time: the engine may have made it all the same.
  if (!name_.empty()) engine_.remove(name_);
  for (const std::string& volume : volumes_) {
    engine_.remove_volume(volume);
  }
}

}  // namespace capmin
