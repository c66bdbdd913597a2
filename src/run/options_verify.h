#pragma once

#include "engine/choice.h"
#include "profile/profile.h"
#include "run/option_values.h"
#include "run/options.h"
#include "run/options_table.h"
#include "run/variables.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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

/// Reads the arguments behind `capmin verify`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
VerifyOptions parse_verify_options(const std::vector<std::string>& arguments);

/// The kind of the option --`name` of `capmin verify`; nothing where there is none of that name.
std::optional<OptionKind> verify_option(std::string_view name);

/// The help text of `capmin verify`.
std::string verify_help();

/// The options of `capmin verify`.
std::vector<ListedOption> verify_option_list();

/// The options under which the profile that lies at `path` was found, with what `asked` puts in
/// their place and the values of `variables`. The files of probe and reset, and files of variables
/// are looked for beside the profile first, then from the working directory; of several the one
/// that has the profile's hash is taken, which may also lie beside the profile under its name
/// alone. Throws Error kUsage where the profile cannot be run again.
RunOptions options_of(const Profile& profile, const std::filesystem::path& path,
                      const VerifyOptions& asked, const Variables& variables);

}  // namespace capmin
