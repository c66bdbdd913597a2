#pragma once

#include "engine/engine.h"
#include "engine/owned_directory.h"

#include <list>
#include <string>
#include <vector>

namespace capmin {

/// One container of one trial with its volumes: created here, removed at the end of the object's
/// life, whatever happened in between.
class Container {
 public:
  /// Creates fresh volumes for the named ones of `spec`, fresh copies of the host's directories
  /// that it mounts writable, and the container itself; `spec`'s options are the same for every
  /// trial, `identity` is this one's. Throws as Engine and DirectoryCopy do; what had been made by
  /// then is removed.
  Container(Engine& engine, ProcessRunner& runner, const ContainerSpec& spec,
            const TrialIdentity& identity);
  ~Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  /// The identity's name, or a longer one where that was taken.
  const std::string& name() const { return name_; }
  /// As the engine printed it when it created the container.
  const std::string& id() const { return id_; }

 private:
  void create(const ContainerSpec& spec, TrialIdentity identity);
  void remove() noexcept;

  Engine& engine_;
  std::string name_;  ///< empty while no container of ours can have it
  std::string id_;
  std::vector<std::string> volumes_;
  std::list<DirectoryCopy> copies_;
};

}  // namespace capmin
