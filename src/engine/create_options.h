#pragma once

#include <span>
#include <string>
#include <string_view>

namespace capmin {

/// What becomes of an option of the engines' create and run commands that is given to capmin.
enum class OptionFate {
  kOwn,       ///< `capmin run` has it itself, because it does more with it than pass it on
  kPassedOn,  ///< it reaches each container as it is
  kNothing,   ///< it changes nothing in a trial, and is left out
  kRefused,   ///< it would undo what a trial is, or cannot work in one
};

/// An option of docker's or podman's, and what capmin does with it: docker-run(1), docker-create(1)
/// of 28, podman-run(1), podman-create(1) of 4.3.
struct CreateOption {
  std::string_view name;   ///< without dashes
  char letter = 0;         ///< 0 without
  std::string_view value;  ///< what stands for its value in help; empty for a flag
  OptionFate fate = OptionFate::kRefused;
  /// Of kPassedOn: whether it concerns one container alone, so that trials can run side by side.
  bool of_one_container = false;
  std::string_view why = {};      ///< of kOwn and kRefused: why it is not passed on
  std::string_view instead = {};  ///< of kRefused: what to write
  std::string_view but = {};      ///< of kRefused: values, between bars, that are passed on
};

/// All that are known.
std::span<const CreateOption> create_options();

/// The one that `spelled`, "--NAME" or "-L", is; nullptr where it is not known.
const CreateOption* find_create_option(std::string_view spelled);

/// Whether the option, given with `value`, reaches each container as it is.
bool reaches_container(const CreateOption& option, std::string_view value);

/// Why `option`, "--NAME", "--NAME=VALUE" or "-L", must not reach the engine, because it would undo
/// what a trial is or capmin would not know of it; empty when it may.
std::string refusal(const std::string& option);

/// Whether `option`, spelled so, is known to concern one container alone.
bool concerns_one_container(std::string_view option);

}  // namespace capmin
