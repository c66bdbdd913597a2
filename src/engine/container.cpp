#include "engine/container.h"

#include "engine/arguments.h"

#include <map>

namespace capmin {

Container::Container(Engine& engine, const ContainerSpec& spec, const TrialIdentity& identity)
    : engine_(engine), name_(identity.name) {
  try {
    ContainerSpec fresh = spec;
    std::map<std::string, std::string> replaced;
    for (Volume& volume : fresh.volumes) {
      if (spec.keep_volumes || volume.kind != Volume::Kind::kNamed) continue;
      std::string& name = replaced[volume.source];
      if (name.empty()) {
        name = name_ + "-volume-" + std::to_string(replaced.size());
        volumes_.push_back(name);
        engine_.create_volume(name, identity.labels);
      }
      volume.source = name;
    }
    engine_.create(create_arguments(fresh, identity));
  } catch (...) {
    remove();
    throw;
  }
}

Container::~Container() {
  remove();
}

void Container::remove() noexcept {
  // Also after a create that failed or ran out of time: the engine may have made it all the same.
  engine_.remove(name_);
  for (const std::string& volume : volumes_) {
    engine_.remove_volume(volume);
  }
}

}  // namespace capmin
