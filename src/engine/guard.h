#pragma once

#include "engine/engine.h"
#include "system/guardian.h"

#include <memory>
#include <string_view>

namespace capmin {

/// What the guardian is called as, `capmin guardian OWNER CLIENT [OPTION...]`; not a command for
/// people, so help does not name it.
inline constexpr std::string_view kGuardianName = "guardian";

/// Starts the guardian of this process: should it end before the guardian does, by whatever signal,
/// what it made on `engine` and its copied directories are removed. It is one per process, to be
/// there before the first container is. Throws Error kEngine where it cannot be started.
std::unique_ptr<Guardian> guard(const Engine& engine);

}  // namespace capmin
