#pragma once

#include <string_view>

namespace capmin {

/// The object file of checks.bpf.c, made part of the program by the build.
std::string_view embedded_checks();

}  // namespace capmin
