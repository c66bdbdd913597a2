#include "cli/commands.h"
#include "core/error.h"
#include "engine/leftovers.h"
#include "system/guardian.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace capmin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kCallDeadline{10};
constexpr std::chrono::seconds kPatience{60};
/// An engine may still be making the container that a killed client asked for; nothing new in all
/// of these pauses together means that it is not. What could not be removed, such as a network that
/// such a container uses, is not nothing: it is tried again until the patience is over.
constexpr std::array<milliseconds, 4> kPauses{milliseconds(200), milliseconds(400),
                                              milliseconds(800), milliseconds(1600)};

enum class Sweep { kNothingFound, kAllRemoved, kTrouble };

/// Removes what is there now: also what follows the one that cannot be removed.
Sweep sweep(Engine& engine, const ProcessIdentity& owner) {
  std::vector<Leftover> leftovers;
  try {
    leftovers = find_on_engine(engine, owner);
  } catch (const Error&) {
    return Sweep::kTrouble;
  }
  Sweep result = leftovers.empty() ? Sweep::kNothingFound : Sweep::kAllRemoved;
  for (const Leftover& leftover : leftovers) {
    if (!remove(leftover, engine)) result = Sweep::kTrouble;
  }
  return result;
}

void remove_directories(Engine& engine, const ProcessIdentity& owner) {
  for (const Leftover& directory : find_directories(owner)) {
    remove(directory, engine);
  }
}

/// Containers first, since what runs in them may still write.
void remove_everything(Engine& engine, const ProcessIdentity& owner) {
  const Clock::time_point end = Clock::now() + kPatience;
  for (std::size_t pause = 0; pause < kPauses.size() && Clock::now() < end;) {
    const Sweep result = sweep(engine, owner);
    if (result != Sweep::kTrouble) remove_directories(engine, owner);
    if (result == Sweep::kAllRemoved) pause = 0;
    std::this_thread::sleep_for(kPauses[pause]);
    if (result == Sweep::kNothingFound) ++pause;
  }
  remove_directories(engine, owner);
}

}  // namespace

ExitCode guardian_command(const std::vector<std::string>& arguments) {
  const std::optional<ProcessIdentity> owner =
      arguments.size() < 2 ? std::nullopt : parse_identity(arguments.front());
  if (!owner) {
    throw Error(ExitCode::kUsage, "the guardian is started by capmin only", "see capmin help");
  }
  if (is_orphaned()) {
    ProcessRunner runner;
    Engine engine(runner, {arguments.begin() + 1, arguments.end()}, kCallDeadline);
    remove_everything(engine, *owner);
  }
  return ExitCode::kDone;
}

}  // namespace capmin
