#include "profile/profile.h"

#include <array>

namespace capmin {

std::span<const std::string_view> guarantees() {
  static constexpr std::array<std::string_view, 5> kWords{"incomplete", "one-minimal", "unique",
                                                          "least-risk", "all-minimal"};
  return kWords;
}

std::span<const std::string_view> levels() {
  return guarantees().subspan(1);
}

std::span<const std::string_view> purposes() {
  static constexpr std::array<std::string_view, 7> kWords{
      "baseline", "search", "remove", "prove", "confirm", "explore", "condition"};
  return kWords;
}

std::span<const std::string_view> probe_kinds() {
  static constexpr std::array<std::string_view, 5> kWords{"file", "exec", "healthcheck", "exit",
                                                          "oneshot"};
  return kWords;
}

}  // namespace capmin
