#pragma once

#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/owned_directory.h"

#include <list>
#include <map>
#include <string>
#include <vector>

namespace capmin {

/// The container of one trial, created and not started; it is removed at the end of the object's
/// life with all that was made for it, whatever happened in between.
class TrialContainer {
 public:
  TrialContainer() = default;
  virtual ~TrialContainer() = default;
  TrialContainer(const TrialContainer&) = delete;
  TrialContainer& operator=(const TrialContainer&) = delete;

  virtual const std::string& name() const = 0;
  /// As the engine calls it.
  virtual const std::string& id() const = 0;
  /// What a probe is told of the trial beside what it is told of every container; `ip` and `ports`
  /// (ContainerFacts::ports) are those of the container now that it runs.
  virtual ProgramVariables variables(const std::string& /*ip*/,
                                     const std::map<std::string, std::string>& /*ports*/) const {
    return {};
  }
  /// Why what was seen of the container tells nothing of its grant: something else that it needs is
  /// gone. Empty where nothing is. Throws as Engine does.
  virtual std::string trouble() { return {}; }
};

/// A container with its volumes, of the engine's own making.
class Container : public TrialContainer {
 public:
  /// Creates fresh volumes for the named ones of `spec`, fresh copies of the host's directories
  /// that it mounts writable, and the container itself; `spec`'s options are the same for every
  /// trial, `identity` is this one's. Throws as Engine and DirectoryCopy do; what had been made by
  /// then is removed.
  Container(Engine& engine, ProcessRunner& runner, const ContainerSpec& spec,
            const TrialIdentity& identity);
  ~Container() override;

  /// The identity's name, or a longer one where that was taken.
  const std::string& name() const override { return name_; }
  const std::string& id() const override { return id_; }

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
