#pragma once

#include "engine/container_spec.h"

#include <map>
#include <string>
#include <vector>

namespace capmin {

/// Values for the variables that profiles only name.
using Variables = std::map<std::string, std::string>;

/// The variables of `assignments` (NAME=VALUE) and, where those lack them, of the files, which are
/// read as `docker run --env-file` does: a variable to a line, "#" begins a comment, a name alone
/// takes its value from the environment, and so does one among the assignments. Throws Error kUsage
/// for a file that cannot be read and for a name that is not set.
Variables given_variables(const std::vector<std::string>& assignments,
                          const std::vector<std::string>& files);

/// The names of the variables in a file of `--env-file`. Throws Error kUsage for a file that cannot
/// be read.
std::vector<std::string> names_in(const std::string& file);

/// Gives each variable that `spec` only names its value. One that is not among `variables` is left
/// to the environment, where the engine's client takes it from. Throws Error kUsage, which names
/// all that are missing, where that lacks one, too.
void fill_in(const Variables& variables, ContainerSpec& spec);

/// The values of all variables that `spec` gives to its container, those of its files and those
/// that are taken from the environment included: any may be a secret. What stands in a file and is
/// no variable is among them as well: it may be a line of one. Podman takes "NAME*" for all
/// variables of the environment that begin so. Throws Error kUsage for a file that cannot be read.
std::vector<std::string> values_given_to(const ContainerSpec& spec);

}  // namespace capmin
