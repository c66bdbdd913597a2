#pragma once

#include "engine/engine.h"
#include "system/process.h"
#include "trial/outcome.h"

#include <stop_token>
#include <string>

namespace capmin {

/// The user's program that puts back, before each trial, what lies outside of the containers and
/// would remember the trials before: a database beside them, for instance.
struct Reset {
  std::string path;    ///< absolute; empty: there is none
  std::string sha256;  ///< of the file
  friend bool operator==(const Reset&, const Reset&) = default;
};

/// Runs `reset`, where there is one, on this host before trial `number`, for at most ten minutes.
/// It is told CAPMIN_TRIAL, CAPMIN_ENGINE and, as a probe is, its phase: CAPMIN_PHASE=reset. True
/// when it ended with status 0; else `outcome` is undecided, with what it printed. Throws Error
/// kUsage where the file is not the one that `reset` tells of.
bool put_back(const Reset& reset, int number, const Engine& engine, ProcessRunner& runner,
              const std::stop_token& stop, Outcome& outcome);

}  // namespace capmin
