#pragma once

#include "engine/choice.h"
#include "run/options.h"
#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin doctor` was asked to do.
struct DoctorOptions {
  EngineRequest engine;
  std::string image;  ///< to look inside a container with; empty takes any that the engine has
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
};

/// Reads the arguments behind `capmin doctor`; throws Error kUsage for what is not understood.
DoctorOptions parse_doctor_options(const std::vector<std::string>& arguments);

/// The text of `capmin help doctor`.
std::string doctor_help();

/// The options of `capmin doctor`.
std::vector<ListedOption> doctor_option_list();

}  // namespace capmin
