#include "run/profile_options.h"

#include "core/error.h"
#include "profile/run_arguments.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <vector>

namespace capmin {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// Refuses what would not be the run that the profile tells of.
void check_repeatable(const Profile& profile, const VerifyOptions& asked) {
  std::string names;
  for (const std::string& name : profile.environment.altered) {
    if (name == "probe" && !asked.probe.empty()) continue;
    if (name == "reset" && !asked.reset.empty()) continue;
    names += (names.empty() ? "" : ", ") + sanitize(name);
  }
  if (names.empty()) return;
  throw Error(ExitCode::kUsage,
              "the profile does not hold what it was found with as it was given: " + names,
              "such a profile can only be found anew: capmin run");
}

/// Where the file of a probe or a reset is; nothing where it is nowhere.
std::optional<fs::path> find_script(const std::string& path, const std::string& hash,
                                    const fs::path& directory) {
  const fs::path written = path;
  std::vector<fs::path> places{directory / written, written, directory / written.filename()};
  std::erase_if(places, [](const fs::path& place) { return !is_file(place); });
  const auto same = std::ranges::find_if(
      places, [&hash](const fs::path& place) { return sha256(read_file(place)) == hash; });
  if (same != places.end()) return *same;
  // One of another content must at least lie where the profile says.
  const auto there = std::ranges::find_if(places, [&](const fs::path& place) {
    return place == directory / written || place == written;
  });
  return there == places.end() ? std::nullopt : std::optional(*there);
}

void place_probe(const Profile& profile, const fs::path& directory, const VerifyOptions& asked,
                 RunOptions& options) {
  if (!options.probe.has_file()) {
    if (asked.probe.empty()) return;
    throw Error(ExitCode::kUsage, "--probe does not go with a profile whose probe is no file");
  }
  if (!asked.probe.empty()) {
    options.probe_file = asked.probe;
    const bool is_same =
        is_file(asked.probe) && sha256(read_file(asked.probe)) == profile.probe.sha256;
    if (!is_same) options.probe_as_written = asked.probe;
    return;
  }
  const std::optional<fs::path> found =
      find_script(profile.probe.path, profile.probe.sha256, directory);
  if (!found) {
    throw Error(ExitCode::kUsage,
                "there is no probe " + sanitize(profile.probe.path) +
                    ", neither beside the profile nor from the working directory",
                "say where it is with --probe FILE");
  }
  options.probe_file = found->string();
}

void place_reset(const Profile& profile, const fs::path& directory, const VerifyOptions& asked,
                 RunOptions& options) {
  if (!asked.reset.empty()) {
    options.reset_file = asked.reset;
    const bool is_same =
        is_file(asked.reset) && sha256(read_file(asked.reset)) == profile.reset.sha256;
    if (!is_same) options.reset_as_written = asked.reset;
    return;
  }
  if (options.reset_as_written.empty()) return;
  const std::optional<fs::path> found =
      find_script(profile.reset.path, profile.reset.sha256, directory);
  if (!found) {
    throw Error(ExitCode::kUsage,
                "there is no file " + sanitize(profile.reset.path) +
                    " to put back what trials change, neither beside the profile nor from the "
                    "working directory",
                "say where it is with --reset FILE");
  }
  options.reset_file = found->string();
}

}  // namespace

RunOptions options_of(const Profile& profile, const fs::path& path, const VerifyOptions& asked,
                      const Variables& variables) {
  check_repeatable(profile, asked);
  Profile wanted = profile;
  if (!asked.image.empty()) wanted.image.reference = asked.image;
  RunOptions options = parse_run_options(run_arguments(wanted));
  const fs::path directory = path.parent_path();
  place_probe(profile, directory, asked, options);
  place_reset(profile, directory, asked, options);
  options.directory = directory.string();
  fill_in(variables, options.spec);
  take_asked(asked, options);
  if (!options.engine.dialect) options.engine.dialect = profile.environment.engine;
  return options;
}

void take_asked(const VerifyOptions& asked, RunOptions& options) {
  if (asked.confirm) options.confirm = *asked.confirm;
  if (asked.timeout) options.timeout = asked.timeout;
  options.budget = asked.budget;
  options.jobs = asked.jobs;
  options.rules = asked.rules;
  options.engine = asked.engine;
  options.evidence = asked.evidence;
  options.pull = asked.pull;
  options.verbosity = asked.verbosity;
  options.color = asked.color;
}

}  // namespace capmin
