#pragma once

#include "core/capability_set.h"
#include "engine/container_spec.h"
#include "trial/probe.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// When the engine fetches an image.
enum class Pull { kNever, kMissing, kAlways };

/// How much is printed while a command works.
enum class Verbosity { kQuiet, kNormal, kVerbose };

/// When output is coloured.
enum class Color { kAuto, kAlways, kNever };

/// What `capmin run` was asked to do.
struct RunOptions {
  std::string image;
  Probe probe;
  std::string probe_as_written;  ///< its path, as the user wrote it
  /// How the image is run; `spec.image` stays empty.
  ContainerSpec spec;
  std::string user;      ///< --user; empty without
  std::string platform;  ///< --platform; empty without
  CapabilitySet allow;
  CapabilitySet deny;
  std::optional<std::chrono::milliseconds> timeout;
  std::vector<std::string> engine_command;  ///< the client with its global options
  Pull pull = Pull::kMissing;
  bool dry_run = false;
  std::string output;  ///< a file; empty or "-" is standard output
  bool json = false;   ///< the profile's format
  Verbosity verbosity = Verbosity::kNormal;
  Color color = Color::kAuto;
};

/// Reads the arguments behind `capmin run`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
RunOptions parse_run_options(const std::vector<std::string>& arguments);

/// The help text of `capmin run`.
std::string run_help();

/// A span of time as users write it: "30" and "30s" are seconds, also "500ms", "2m", "1h".
/// Throws Error kUsage for anything else and for zero.
std::chrono::milliseconds parse_duration(const std::string& text);

}  // namespace capmin
