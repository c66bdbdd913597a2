#pragma once

#include "core/enum_words.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The engine whose command line is spoken; see engine/dialect.h.
enum class Dialect { kDocker, kPodman };

/// The names of the engines.
inline constexpr auto kDialects = std::to_array<EnumWord<Dialect>>({
    {Dialect::kDocker, "docker"},
    {Dialect::kPodman, "podman"},
});

/// The name of the engine, and of its client.
constexpr std::string_view name_of(Dialect dialect) {
  return word_of(kDialects, dialect);
}

/// Which values of the network namespace's port and ping settings a trial runs under.
enum class Ports {
  kPortable,  ///< privileged ports below 1024 and no ping for anybody, as on a plain kernel
  kEngine,    ///< the engine's own
};

/// The words for these settings.
inline constexpr auto kPorts = std::to_array<EnumWord<Ports>>({
    {Ports::kPortable, "portable"},
    {Ports::kEngine, "engine"},
});

/// The word for such settings.
constexpr std::string_view name_of(Ports ports) {
  return word_of(kPorts, ports);
}

/// Whether --`name` VALUE is an option of `capmin run` that reaches the engine's create command as
/// it is.
bool is_passed_on(std::string_view name);

/// Whether a container on this network, as --network has it, shares the network namespace of the
/// host or of another container. The settings of such a namespace are not the trial's to change.
bool shares_network(std::string_view network);

/// Appends the option `name`, with its dashes, and its value, so that the parser of options takes
/// the value whatever it is.
void append_option(const std::string& name, const std::string& value,
                   std::vector<std::string>& arguments);

}  // namespace capmin
