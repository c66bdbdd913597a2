#include "diagnosis/program_clue.h"

#include <algorithm>

namespace capmin {
namespace {

void suspect_first(CapabilitySet suspect, Clue& clue) {
  std::erase(clue.suspects, suspect);
  clue.suspects.insert(clue.suspects.begin(), suspect);
}

}  // namespace

void heed_program(const ProgramPrivileges& program, Clue& clue) {
  using enum Capability;
  constexpr CapabilitySet kIdentity{kSetgid, kSetuid};
  if (!clue.vague) {
    if (program.needed_to_execute.empty()) return;
    suspect_first(program.needed_to_execute, clue);
    clue.reason = "the program's file carries " + to_string(program.needed_to_execute) +
                  ", and it cannot be executed when the container may not hold that";
    clue.check = "does the program need its file capability at all?";
    return;
  }
  if (!program.carried.empty()) {
    suspect_first(program.carried, clue);
    clue.reason = "the program's file carries " + to_string(program.carried) +
                  ", and gives only what the container may hold";
    clue.check = "does the program need its file capability at all?";
    return;
  }
  const bool may_lack_identity = std::ranges::any_of(
      clue.suspects, [](CapabilitySet suspect) { return suspect.contains(kSetuid); });
  if (!program.setuid_root || !may_lack_identity) return;
  suspect_first(kIdentity, clue);
  clue.reason =
      "the program is setuid root: it starts as root, and such programs mostly change "
      "to another user";
}

}  // namespace capmin
