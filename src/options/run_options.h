#pragma once

#include "core/capability.h"
#include "engine/container_spec.h"
#include "options/shared_options.h"
#include "trial/probe.h"
#include "trial/search.h"
#include "trial/trial.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What `capmin run` was asked to do.
struct RunOptions {
  std::string image;  ///< empty with `like`, until that container tells it
  std::string like;   ///< a container to run trials like; empty without
  Probe probe;
  bool has_probe = false;        ///< one of the options that name the probe is given
  std::string probe_as_written;  ///< its path, as the user wrote it
  std::string probe_file;        ///< where it lies, if not there
  std::string reset_as_written;  ///< the path of --reset, as the user wrote it; empty without
  std::string reset_file;        ///< where it lies, if not there
  std::string directory;         ///< where an --env-file is looked for first; empty: nowhere else
  /// How the image is run; `spec.image` stays empty.
  ContainerSpec spec;
  std::vector<std::string> as_given;        ///< all arguments; empty where no person wrote them
  std::vector<std::string> without_effect;  ///< options of docker's that change nothing here
  std::string user;                         ///< --user; empty without
  std::string platform;                     ///< --platform; empty without
  CapabilitySet allow;
  CapabilitySet deny;
  std::string start_with;  ///< a profile or capabilities; empty without
  std::optional<std::chrono::milliseconds> timeout;
  Scenario scenario;
  bool strict = false;
  int confirm = 1;
  Level level = Level::kOneMinimal;
  std::string rules;  ///< a rule file; empty without
  int jobs = 1;
  bool free_ports = false;  ///< publish on free ports of the host also where it is 1
  bool resume = false;
  bool dry_run = false;
  Budget budget;
  EngineRequest engine;
  EvidenceSource evidence = EvidenceSource::kAuto;
  Pull pull = Pull::kMissing;
  std::string output;  ///< a file; empty or "-" is standard output
  bool json = false;   ///< the profile's format
  Verbosity verbosity = Verbosity::kNormal;
  Color color = Color::kAuto;

  /// Whether the profile goes to a file, and not to standard output.
  bool writes_file() const { return !output.empty() && output != "-"; }
};

/// Throws Error kUsage unless `image` can be an image's name or id.
void check_image_name(const std::string& image);

/// The options of `capmin run`, bound to `options`.
OptionTable table_of(RunOptions& options);

/// The rows that say what may be tried, how it is judged and how the work is done, bound to
/// `options`: what a command that runs several searches gives to each.
OptionRows rows_for_searches(RunOptions& options);

/// The option of a search that says what is probed, what may be tried or how it is judged, and not
/// how a container runs; null where `name` is none.
const Option* find_judging_option(std::string_view name);

/// Whether the option of that name says how a container runs.
bool is_about_container(std::string_view name);

/// The command line behind `capmin run` with `probe`, "--probe exit" for instance, in place of the
/// probe that it has.
std::vector<std::string> with_other_probe(const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& probe);

/// Reads the arguments behind `capmin run`; that there is a probe is not looked at. Throws Error
/// kUsage, with what to write instead, for everything that is not understood.
RunOptions parse_run_options(const std::vector<std::string>& arguments);

}  // namespace capmin
