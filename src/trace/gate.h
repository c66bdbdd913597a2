#pragma once

#include "engine/container_spec.h"
#include "engine/owned_directory.h"
#include "system/file.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Holds the first process of a container until somebody who watches it is ready. The container
/// starts with a tiny program in place of its own, which waits on a FIFO as that process, after all
/// set-up of the runtime, and then becomes its own program: with the same arguments, environment,
/// user, capabilities, signal settings and descriptors. Where this object goes first, the program
/// ends with an error instead.
class Gate {
 public:
  /// Puts the program and the FIFO into a directory of its own. Throws Error kOutput where that
  /// cannot be written or where nothing may be executed from there.
  Gate();

  /// `spec` with the gate in front of `program`, which is not empty.
  ContainerSpec in_front_of(const std::vector<std::string>& program, ContainerSpec spec) const;

  /// Waits until the gate of a container that was started holds it, and tells its process: `first`,
  /// the container's first one, or with --init a child of that. Nothing where this machine does not
  /// show it within `patience`, or at a stop.
  std::optional<int> await(int first, std::chrono::milliseconds patience,
                           const std::stop_token& stop);

  /// Lets the container go on; it may be started again then.
  void open();

 private:
  std::filesystem::path mounted() const;
  std::optional<int> process_below(int first) const;

  OwnedDirectory home_;
  Descriptor fifo_;
  Descriptor opened_;  ///< inotify(7): tells that somebody opened the FIFO
};

}  // namespace capmin
