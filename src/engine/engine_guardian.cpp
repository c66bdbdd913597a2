#include "engine/engine_guardian.h"

#include "system/process_identity.h"

#include <string>
#include <utility>
#include <vector>

namespace capmin {
namespace {

std::vector<std::string> guardian_arguments(const Engine& engine) {
  std::vector<std::string> argv{"capmin", std::string(kGuardianName), process_identity()};
  for (const std::string& word : engine.command_line({})) {
    argv.push_back(word);
  }
  return argv;
}

}  // namespace

EngineGuardian::EngineGuardian(const Engine& engine)
    : engine_(engine), guardian_("/proc/self/exe", guardian_arguments(engine)) {}

EngineGuardian::~EngineGuardian() {
  if (!engine_.leftovers().empty()) guardian_.take_over();
}

}  // namespace capmin
