#include "system/process_identity.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <unistd.h>

namespace capmin {

std::string process_identity() {
  std::ifstream stat("/proc/self/stat");
  std::string field;
  // The name of the program (field 2) is capmin's own and holds no blank.
  for (int i = 0; i < 22; ++i) {
    stat >> field;
  }
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return std::to_string(::getpid()) + ':' + field + ':' + boot;
}

std::string random_id() {
  std::array<char, 9> digits{};
  std::random_device random;
  static_cast<void>(std::snprintf(digits.data(), digits.size(), "%08x", random()));
  return digits.data();
}

}  // namespace capmin
