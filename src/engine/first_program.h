#pragma once

#include "engine/container_spec.h"
#include "engine/dialect.h"
#include "engine/replies.h"

#include <string>
#include <vector>

namespace capmin {

/// The program and arguments that a container of `spec` runs as its first process: those of the
/// options and the command line, else the image's. An --entrypoint drops the image's CMD, and an
/// empty one leaves the command alone; podman takes a JSON list, too (docker 20.10, podman 4.3).
/// Empty where nobody names a program: such a container cannot be created.
std::vector<std::string> first_program(const ContainerSpec& spec, const ImageFacts& image,
                                       Dialect dialect);

}  // namespace capmin
