#include "run/options.h"

#include "core/container_options.h"
#include "core/error.h"
#include "engine/arguments.h"
#include "run/option_values.h"
#include "run/options_table.h"
#include "run/tracing.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;
using std::vector;

/// -v is the engines' letter for a volume and everybody's letter for verbose. A volume holds a path
/// of the container, so it starts with a slash or has one behind a colon; nothing else does.
vector<string> with_v_told_apart(const vector<string>& arguments) {
  const auto is_volume = [](const string& text) {
    return text.starts_with('/') || text.find(":/") != string::npos;
  };
  vector<string> result;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const string& argument = arguments[i];
    if (argument == "-v" && i + 1 < arguments.size() && is_volume(arguments[i + 1])) {
      result.insert(result.end(), {"--volume", arguments[++i]});
    } else if (argument == "-v") {
      result.emplace_back("--verbose");
    } else if (argument.starts_with("-v") && is_volume(argument.substr(2))) {
      result.insert(result.end(), {"--volume", argument.substr(2)});
    } else {
      result.push_back(argument);
    }
  }
  return result;
}

/// Everything of one option, in the order in which options were written.
class Reader {
 public:
  explicit Reader(RunOptions& options) : options_(options) {}
  void read(const GivenOption& option);
  void finish();

 private:
  void read_probe(const string& name, const string& value);
  void read_volume(const string& value);
  bool read_judgement(const string& name, const string& value);
  bool read_work(const string& name, const string& value);
  void set_level(Level level);
  void pass_on(const string& name, const string& value) {
    options_.spec.options.push_back({.name = "--" + name, .value = value});
  }

  RunOptions& options_;
  bool has_probe_ = false;
  bool keep_volumes_ = false;
};

void Reader::read(const GivenOption& option) {
  const auto& [name, value] = option;
  if (name == "image") {
    if (!options_.image.empty()) usage_error("'" + value + "' is one image too many");
    options_.image = value;
  } else if (name == "probe" || name == "probe-exec") {
    read_probe(name, value);
  } else if (name == "oneshot") {
    options_.probe.oneshot = true;
  } else if (name == "reset") {
    if (!options_.reset_as_written.empty()) usage_error("more than one --reset is given");
    if (value.empty()) usage_error("--reset names no file");
    options_.reset_as_written = value;
  } else if (name == "volume") {
    read_volume(value);
  } else if (name == "keep-volumes") {
    keep_volumes_ = true;
  } else if (name == "network") {
    options_.spec.network = value;
  } else if (name == "read-only") {
    options_.spec.options.push_back({.name = "--read-only", .value = {}});
  } else if (is_passed_on(name)) {
    if (name == "user") options_.user = value;
    if (name == "platform") options_.platform = value;
    pass_on(name, value);
  } else if (name == "engine-arg") {
    const string reason = refusal(value);
    if (!reason.empty()) usage_error("--engine-arg " + value + " is refused: " + reason);
    options_.spec.options.push_back({.name = value, .value = {}});
  } else if (!read_judgement(name, value) && !read_work(name, value)) {
    usage_error("the option --" + name + " is not known");
  }
}

void Reader::read_probe(const string& name, const string& value) {
  if (has_probe_) usage_error("more than one probe is given");
  has_probe_ = true;
  options_.probe_as_written = value;
  if (name == "probe-exec") {
    options_.probe.kind = Probe::Kind::kExec;
  } else if (value == "healthcheck") {
    options_.probe.kind = Probe::Kind::kHealthcheck;
  } else if (value == "exit") {
    options_.probe.kind = Probe::Kind::kExit;
  } else {
    options_.probe.kind = Probe::Kind::kFile;
  }
}

void Reader::read_volume(const string& value) {
  options_.spec.volumes.push_back(parse_volume(value));
}

bool Reader::read_judgement(const string& name, const string& value) {
  if (name == "allow") {
    options_.allow |= parse_capabilities(value, name);
  } else if (name == "deny") {
    options_.deny |= parse_capabilities(value, name);
  } else if (name == "ports") {
    options_.spec.ports =
        chosen<Ports>(name, value, {{"portable", Ports::kPortable}, {"engine", Ports::kEngine}});
  } else if (name == "timeout") {
    options_.timeout = parse_duration(value);
  } else if (name == "settle") {
    options_.scenario.settle = parse_duration(value);
  } else if (name == "restart") {
    options_.scenario.restart = true;
  } else if (name == "graceful-stop") {
    options_.scenario.graceful_stop = true;
  } else if (name == "probe-after-stop") {
    options_.scenario.graceful_stop = true;
    options_.scenario.probe_after_stop = true;
  } else if (name == "strict") {
    options_.strict = true;
  } else if (name == "confirm") {
    options_.confirm = parse_number(name, value, 1, 10);
  } else if (name == "unique") {
    set_level(Level::kUnique);
  } else if (name == "least-risk") {
    set_level(Level::kLeastRisk);
  } else if (name == "all-minimal") {
    set_level(Level::kAllMinimal);
  } else {
    return false;
  }
  return true;
}

void Reader::set_level(Level level) {
  if (options_.level != Level::kOneMinimal && options_.level != level) {
    usage_error("only one of --unique, --least-risk and --all-minimal can be asked for");
  }
  options_.level = level;
}

bool Reader::read_work(const string& name, const string& value) {
  if (read_engine_option(name, value, options_.engine)) return true;
  if (name == "pull") {
    options_.pull = chosen<Pull>(
        name, value,
        {{"never", Pull::kNever}, {"missing", Pull::kMissing}, {"always", Pull::kAlways}});
  } else if (name == "evidence") {
    options_.evidence = parse_evidence(value);
  } else if (name == "rules") {
    options_.rules = value;
  } else if (name == "jobs") {
    options_.jobs = parse_number(name, value, 1, 64);
  } else if (name == "deadline") {
    options_.budget.time = parse_duration(value);
  } else if (name == "max-trials") {
    options_.budget.trials = parse_number(name, value, 1, 100'000);
  } else if (name == "resume") {
    options_.resume = true;
  } else if (name == "dry-run") {
    options_.dry_run = true;
  } else if (name == "output") {
    options_.output = value;
  } else if (name == "format") {
    options_.json = chosen<bool>(name, value, {{"yaml", false}, {"json", true}});
  } else if (name == "quiet") {
    options_.verbosity = Verbosity::kQuiet;
  } else if (name == "verbose") {
    options_.verbosity = Verbosity::kVerbose;
  } else if (name == "color") {
    options_.color = chosen<Color>(
        name, value,
        {{"auto", Color::kAuto}, {"always", Color::kAlways}, {"never", Color::kNever}});
  } else if (name == "no-color") {
    options_.color = Color::kNever;
  } else {
    return false;
  }
  return true;
}

void Reader::finish() {
  if (options_.image.empty()) usage_error("no image is given", "capmin run IMAGE --probe FILE");
  // An engine would take it for an option, or a person would not see what it names.
  if (options_.image.starts_with('-') || options_.image.size() > 512 ||
      !std::ranges::all_of(options_.image, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') ||
               std::string_view("._-/:@").find(letter) != std::string_view::npos;
      })) {
    usage_error("the image's name holds what no image name holds",
                "write REPOSITORY:TAG, REPOSITORY@sha256:... or an image id");
  }
  if (!has_probe_) {
    usage_error("no probe is given, and nothing else can tell whether the image works",
                "give --probe FILE, --probe-exec FILE, --probe healthcheck or --probe exit");
  }
  if (options_.probe.oneshot && options_.probe.kind != Probe::Kind::kFile) {
    usage_error("--oneshot goes with --probe FILE: after its end a container runs nothing");
  }
  if (options_.resume && !options_.writes_file()) {
    usage_error("--resume needs -o FILE: the journal of a run lies beside its profile");
  }
  if (!(options_.allow & options_.deny).empty()) {
    usage_error("--allow and --deny both name " + to_string(options_.allow & options_.deny));
  }
  const bool is_job = options_.probe.is_of_job();
  if (is_job && options_.scenario.graceful_stop) {
    usage_error("--graceful-stop is for services: a job ends by itself");
  }
  if (options_.scenario.probe_after_stop && options_.probe.kind != Probe::Kind::kFile) {
    usage_error(
        "--probe-after-stop goes with --probe FILE: after its end a container runs nothing");
  }
  options_.spec.keep_volumes = keep_volumes_;
}

}  // namespace

RunOptions parse_run_options(const vector<string>& arguments) {
  const auto separator = std::ranges::find(arguments, "--");
  RunOptions options;
  if (separator != arguments.end()) options.spec.command.assign(separator + 1, arguments.end());

  po::options_description all;
  for (const po::options_description& heading : run_options_table()) {
    all.add(heading);
  }
  Reader reader(options);
  for (const GivenOption& option : given_options(with_v_told_apart({arguments.begin(), separator}),
                                                 all, "image", "see capmin run --help")) {
    reader.read(option);
  }
  reader.finish();
  return options;
}

}  // namespace capmin
