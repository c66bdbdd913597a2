#include "core/seconds.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace capmin {

std::string seconds_text(double seconds) {
  std::array<char, 40> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), seconds < 9.95 ? "%.1f s" : "%.0f s",
                                 std::fmin(std::fmax(seconds, 0), 1e9));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace capmin
