#include "run/options_verify.h"

#include "core/error.h"
#include "profile/run_arguments.h"
#include "run/option_values.h"
#include "run/tracing.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;
using Update = VerifyOptions::Update;

constexpr const char* kHint = "see capmin verify --help";

po::options_description table() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<string>()->value_name(name); };
  auto add = options.add_options();
  add("full", "prove every member of the set again; what could be dropped is loose");
  add("update",
      "where anything changed, search anew, starting with the profile's set, and write the new "
      "profile beside the old one, as PROFILE.new");
  add("in-place", "the same, but write it over the old one");
  add("image", text("IMAGE"), "verify this image in place of the profile's");
  add("probe", text("FILE"), "the probe's file, where it does not lie where the profile says");
  add("reset", text("FILE"),
      "the file that puts back what trials change outside of the containers, where it does not lie "
      "where the profile says, or for a profile that names none");
  add("env,e", text("NAME[=VALUE]"),
      "the value of a variable that a profile names (default: that of the environment)");
  add("env-file", text("FILE"), "read such values from a file");
  add("confirm", text("N"), "trials that must agree (default: as in the profile)");
  add("timeout", text("TIME"), "a trial's longest wait (default: as in the profile)");
  add("deadline", text("TIME"), "end the trials of a profile after this time");
  add("max-trials", text("N"), "start at most so many containers for a profile");
  add("jobs,j", text("N"), "trials side by side, with --full (default: 1), as with capmin run");
  add("rules", text("FILE"), "ask the rules of this file first, see capmin help rules");
  add("evidence", text("auto|logs|kernel"), "as with capmin run (default: auto)");
  add("engine", text("auto|docker|podman"), "(default: the profile's)");
  add("host", text("URL"), "the engine's address, as docker --host");
  add("context", text("NAME"), "as docker --context");
  add("engine-timeout", text("TIME"), "of each call of the engine (default: 30s)");
  add("pull", text("never|missing|always"), "when to fetch an image (default: missing)");
  add("format", text("text|json"), "of the answer (default: text)");
  add("quiet,q", "print the answer only");
  add("verbose,v", "print every call of the engine");
  add("color", text("auto|always|never"), "colour the output");
  add("no-color", "the same as --color never, or NO_COLOR in the environment");
  add("help,h", "print this");
  return options;
}

void set_update(Update update, VerifyOptions& options) {
  if (options.update != Update::kNone && options.update != update) {
    usage_error("--update and --in-place exclude each other", kHint);
  }
  options.update = update;
}

bool read_work(const string& name, const string& value, VerifyOptions& options) {
  if (read_engine_option(name, value, options.engine)) return true;
  if (name == "pull") {
    options.pull = chosen<Pull>(
        name, value,
        {{"never", Pull::kNever}, {"missing", Pull::kMissing}, {"always", Pull::kAlways}});
  } else if (name == "confirm") {
    options.confirm = parse_number(name, value, 1, 10);
  } else if (name == "timeout") {
    options.timeout = parse_duration(value);
  } else if (name == "deadline") {
    options.budget.time = parse_duration(value);
  } else if (name == "max-trials") {
    options.budget.trials = parse_number(name, value, 1, 100'000);
  } else if (name == "jobs") {
    options.jobs = parse_number(name, value, 1, 64);
  } else if (name == "evidence") {
    options.evidence = parse_evidence(value);
    if (options.evidence == EvidenceSource::kStrace) {
      usage_error(
          "capmin verify does not look on with strace: it tells whether the set works as it is "
          "run, and strace changes that",
          "use --evidence kernel, or search anew with capmin run --evidence strace");
    }
  } else if (name == "rules") {
    options.rules = value;
  } else if (name == "format") {
    options.json = chosen<bool>(name, value, {{"text", false}, {"json", true}});
  } else if (name == "quiet") {
    options.verbosity = Verbosity::kQuiet;
  } else if (name == "verbose") {
    options.verbosity = Verbosity::kVerbose;
  } else if (name == "color") {
    options.color = chosen<Color>(
        name, value,
        {{"auto", Color::kAuto}, {"always", Color::kAlways}, {"never", Color::kNever}});
  } else if (name == "no-color") {
    options.color = Color::kNever;
  } else {
    return false;
  }
  return true;
}

void read(const GivenOption& option, VerifyOptions& options) {
  const auto& [name, value] = option;
  if (name == "profile") {
    options.profiles.push_back(value);
  } else if (name == "full") {
    options.full = true;
  } else if (name == "update") {
    set_update(Update::kBeside, options);
  } else if (name == "in-place") {
    set_update(Update::kInPlace, options);
  } else if (name == "image") {
    options.image = value;
  } else if (name == "probe") {
    options.probe = value;
  } else if (name == "reset") {
    options.reset = value;
  } else if (name == "env") {
    options.variables.push_back(value);
  } else if (name == "env-file") {
    options.env_files.push_back(value);
  } else if (!read_work(name, value, options)) {
    usage_error("the option --" + name + " is not known", kHint);
  }
}

}  // namespace

VerifyOptions parse_verify_options(const std::vector<string>& arguments) {
  VerifyOptions options;
  for (const GivenOption& option : given_options(arguments, table(), "profile", kHint)) {
    read(option, options);
  }
  if (options.profiles.empty()) {
    usage_error("capmin verify needs a profile", "capmin verify PROFILE...");
  }
  const bool is_one = options.profiles.size() == 1;
  if (!options.image.empty() && !is_one) usage_error("--image goes with one profile", kHint);
  if (!options.probe.empty() && !is_one) usage_error("--probe goes with one profile", kHint);
  if (!options.reset.empty() && !is_one) usage_error("--reset goes with one profile", kHint);
  return options;
}

std::optional<OptionKind> verify_option(std::string_view name) {
  static const po::options_description options = table();
  return option_kind(options, name);
}

std::vector<ListedOption> verify_option_list() {
  return listed(table());
}

string verify_help() {
  std::ostringstream options;
  options << table();
  return help_text("verify", options.str());
}

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
  const bool has_file =
      options.probe.kind == Probe::Kind::kFile || options.probe.kind == Probe::Kind::kExec;
  if (!has_file) {
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
  if (asked.confirm) options.confirm = *asked.confirm;
  if (asked.timeout) options.timeout = asked.timeout;
  options.budget = asked.budget;
  options.jobs = asked.jobs;
  options.rules = asked.rules;
  options.engine = asked.engine;
  if (!options.engine.dialect) {
    options.engine.dialect =
        profile.environment.engine == "podman" ? Dialect::kPodman : Dialect::kDocker;
  }
  options.evidence = asked.evidence;
  options.pull = asked.pull;
  options.verbosity = asked.verbosity;
  options.color = asked.color;
  return options;
}

}  // namespace capmin
