#pragma once

#include "options/run_options.h"
#include "options/verify_options.h"
#include "profile/profile.h"
#include "run/variables.h"

#include <filesystem>

namespace capmin {

/// The options under which the profile that lies at `path` was found, with what `asked` puts in
/// their place and the values of `variables`. The files of probe and reset, and files of variables
/// are looked for beside the profile first, then from the working directory; of several the one
/// that has the profile's hash is taken, which may also lie beside the profile under its name
/// alone. Throws Error kUsage where the profile cannot be run again.
RunOptions options_of(const Profile& profile, const std::filesystem::path& path,
                      const VerifyOptions& asked, const Variables& variables);

/// What of `asked` says how the trials of a profile's image are made and judged, for `options`.
void take_asked(const VerifyOptions& asked, RunOptions& options);

}  // namespace capmin
