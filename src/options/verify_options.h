#pragma once

#include "options/shared_options.h"
#include "trial/search.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What `capmin verify` was asked to do.
struct VerifyOptions {
  /// Where a profile goes that was found anew.
  enum class Update { kNone, kBeside, kInPlace };
  std::vector<std::string> profiles;  ///< paths, one at least
  bool full = false;                  ///< prove every member again
  Update update = Update::kNone;
  std::string image;                   ///< in place of the profile's; empty without
  std::string probe;                   ///< a file in place of the profile's; empty without
  std::string reset;                   ///< the same of the reset
  std::vector<std::string> variables;  ///< NAME[=VALUE], for what profiles only name
  std::vector<std::string> env_files;
  std::optional<int> confirm;                        ///< in place of the profile's
  std::optional<std::chrono::milliseconds> timeout;  ///< in place of the profile's
  Budget budget;                                     ///< of each profile
  int jobs = 1;
  std::string rules;     ///< a rule file; empty without
  EngineRequest engine;  ///< no dialect: the profile's
  EvidenceSource evidence = EvidenceSource::kAuto;
  Pull pull = Pull::kMissing;
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
  Color color = Color::kAuto;
};

/// The options of `capmin verify`, bound to `options`.
OptionTable table_of(VerifyOptions& options);

/// Reads the arguments behind `capmin verify`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
VerifyOptions parse_verify_options(const std::vector<std::string>& arguments);

}  // namespace capmin
