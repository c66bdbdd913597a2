#pragma once

#include "engine/created_container.h"
#include "options/run_options.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace capmin {

/// What of a container that exists its trials are to have, spelled as `capmin run` takes it.
struct Likeness {
  std::string image;  ///< a name or an id
  std::string user;   ///< empty where it is the image's
  std::vector<EngineOption> options;
  std::vector<Volume> volumes;
  std::string network;  ///< empty is the engine's default
  /// What stands before the command because --entrypoint takes one word alone.
  std::vector<std::string> entrypoint_rest;
  std::vector<std::string> command;   ///< empty where it is the image's
  bool has_filter_document = false;   ///< its seccomp filter is known without its file
  CapabilitySet added;                ///< that it was given beyond Docker's default set
  std::vector<std::string> warnings;  ///< what trials have otherwise, sanitized
};

/// The likeness of `container`. `image` is what it was made of, as the engine has it, whose own
/// settings are not taken; nothing where the engine has it no more. `named` is the image that its
/// name means now; nothing where that is none.
Likeness likeness_of(const CreatedContainer& container, const std::optional<ImageFacts>& image,
                     const std::optional<ImageFacts>& named);

/// Puts the likeness below what `options` hold already: of an option that counts once, and of one
/// about the same variable, port, path or name, what is there stays. Returns the warnings that
/// remain. Throws Error kUsage where a trial would be wrong because something cannot be taken over,
/// and where a file of variables cannot be read.
std::vector<std::string> make_like(const Likeness& likeness, RunOptions& options);

/// The options, image and command of `options` that say how containers are made, as the words of a
/// `capmin run`, fit for a shell and for a terminal; variables without their values.
std::string container_words(const RunOptions& options);

/// Makes `options`, which name a container with --like, say how it was made. Asks the engine, of
/// which they then name the kind. Returns lines for a person: what the options are then, and
/// warnings. Throws as choose_engine() and make_like() do, and Error kUsage where the engine has no
/// such container.
std::vector<std::string> take_likeness(RunOptions& options, ProcessRunner& runner);

}  // namespace capmin
