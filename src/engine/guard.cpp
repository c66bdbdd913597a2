#include "engine/guard.h"

#include "system/process_identity.h"

#include <string>
#include <utility>
#include <vector>

namespace capmin {

std::unique_ptr<Guardian> guard(const Engine& engine) {
  std::vector<std::string> argv{"capmin", std::string(kGuardianName), process_identity()};
  for (const std::string& word : engine.command_line({})) {
    argv.push_back(word);
  }
  return std::make_unique<Guardian>("/proc/self/exe", std::move(argv));
}

}  // namespace capmin
