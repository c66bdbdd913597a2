#include "cli/options.h"

#include "core/error.h"
#include "engine/arguments.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <string_view>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;
using std::vector;

constexpr std::string_view kSeeHelp = "see capmin run --help";

/// The options that are passed on to the engine as they are.
constexpr std::array<std::string_view, 16> kPassedOn{
    "env",    "env-file", "publish",    "user",     "entrypoint", "sysctl",   "tmpfs",  "workdir",
    "ulimit", "memory",   "pids-limit", "hostname", "add-host",   "shm-size", "device", "platform"};

/// The options of each heading, in the order in which help shows them.
vector<po::options_description> described() {
  po::options_description probe("Probe, the health check that decides (one is needed)");
  probe.add_options()  //
      ("probe", po::value<string>()->value_name("FILE|healthcheck|exit"),
       "an executable run on this host; the image's own HEALTHCHECK; or a job that must end by "
       "itself with status 0")  //
      ("probe-exec", po::value<string>()->value_name("FILE"),
       "an executable of this host, run inside the container")  //
      ("oneshot", "the container is a job; the probe runs once after its end");
  po::options_description container("How the container runs, spelled as the engine spells it");
  const auto many = [](const char* name) {
    return po::value<vector<string>>()->composing()->value_name(name);
  };
  const auto one = [](const char* name) { return po::value<string>()->value_name(name); };
  container.add_options()  //
      ("env,e", many("NAME[=VALUE]"), "set a variable")("env-file", many("FILE"),
                                                        "read variables from a file")  //
      ("volume", many("[SOURCE:]TARGET[:ro]"),
       "mount a volume, also -v; named volumes are replaced by fresh ones for each trial")  //
      ("keep-volumes",
       "use named volumes and writable host directories as they are, although they "
       "carry state from trial to trial")  //
      ("publish,p", many("[HOST:]PORT"), "publish a port")("network", one("NETWORK"),
                                                           "connect to a network")  //
      ("user,u", one("USER[:GROUP]"), "run as this user")("entrypoint", one("PROGRAM"),
                                                          "replace the image's entrypoint")  //
      ("sysctl", many("NAME=VALUE"), "set a kernel parameter of the container")(
          "tmpfs", many("TARGET"), "mount a tmpfs")  //
      ("workdir,w", one("DIRECTORY"), "working directory inside the container")(
          "read-only", "mount the root file system read-only")  //
      ("ulimit", many("NAME=SOFT[:HARD]"), "set a resource limit")("memory", one("BYTES"),
                                                                   "limit the memory")  //
      ("pids-limit", one("N"), "limit the number of processes")(
          "security-opt", many("OPTION"), "for instance no-new-privileges")  //
      ("platform", one("OS/ARCH"), "choose the image's platform")("hostname", one("NAME"),
                                                                  "host name of the container")  //
      ("add-host", many("NAME:IP"), "add a line to /etc/hosts")("shm-size", one("BYTES"),
                                                                "size of /dev/shm")  //
      ("device", many("PATH"), "add a device of the host")(
          "engine-arg", many("ARG"), "pass any other option of the engine's create command");
  po::options_description candidates("What may be tried");
  candidates.add_options()  //
      ("allow", many("CAP[,CAP]"),
       "try these too, beyond Docker's 14 default capabilities; a trial really grants them")  //
      ("deny", many("CAP[,CAP]"), "never grant these")                                        //
      ("ports", po::value<string>()->value_name("portable|engine"),
       "portable (default): ports below 1024 and ping are privileged inside the trial, as outside "
       "Docker; engine: the engine's own settings");
  po::options_description judgement("Judgement");
  judgement.add_options()("timeout", one("TIME"),
                          "a trial's longest wait, e.g. 10s (default: 60s for the baseline, then "
                          "four times what it took, at least 3s)");
  po::options_description work("Work");
  work.add_options()  //
      ("host", one("URL"), "the engine's address, as docker --host")("context", one("NAME"),
                                                                     "as docker --context")  //
      ("pull", po::value<string>()->value_name("never|missing|always"),
       "when to fetch the image (default: missing)")                                              //
      ("dry-run", "print the engine's commands and run nothing")                                  //
      ("output,o", one("FILE"), "write the profile here (default: standard output)")              //
      ("format", po::value<string>()->value_name("yaml|json"), "of the profile (default: yaml)")  //
      ("quiet,q", "print errors only")("verbose", "print every call of the engine, also -v")      //
      ("color", po::value<string>()->value_name("auto|always|never"), "colour the output")(
          "no-color", "the same as --color never, or NO_COLOR in the environment")  //
      ("help,h", "print this");
  return {probe, container, candidates, judgement, work};
}

[[noreturn]] void usage(const string& what, const string& hint = string(kSeeHelp)) {
  throw Error(ExitCode::kUsage, what, hint);
}

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

CapabilitySet parse_capabilities(const string& list, const string& option) {
  CapabilitySet set;
  std::stringstream names(list);
  string name;
  while (std::getline(names, name, ',')) {
    const std::optional<Capability> capability = capability_named(name);
    if (!capability) {
      usage("--" + option + ": there is no capability '" + name + "'",
            "names are those of capabilities(7), e.g. NET_ADMIN");
    }
    set = set.with(*capability);
  }
  if (set.empty()) usage("--" + option + " names no capability");
  return set;
}

template <typename Value>
Value chosen(const string& option, const string& text,
             std::initializer_list<std::pair<std::string_view, Value>> choices) {
  string known;
  for (const auto& [word, value] : choices) {
    if (text == word) return value;
    known += (known.empty() ? "" : ", ") + string(word);
  }
  usage("--" + option + " does not take '" + text + "'", "it takes " + known);
}

/// Everything of one option, in the order in which options were written.
class Reader {
 public:
  explicit Reader(RunOptions& options) : options_(options) {}
  void read(const po::option& option);
  void finish();

 private:
  void read_probe(const string& name, const string& value);
  void read_volume(const string& value);
  bool read_judgement(const string& name, const string& value);
  bool read_work(const string& name, const string& value);
  void pass_on(const string& name, const string& value) {
    options_.spec.options.push_back({.name = "--" + name, .value = value});
  }

  RunOptions& options_;
  bool has_probe_ = false;
  bool keep_volumes_ = false;
};

void Reader::read(const po::option& option) {
  const string& name = option.string_key;
  const string value = option.value.empty() ? string() : option.value.front();
  if (name == "image") {
    if (!options_.image.empty()) usage("'" + value + "' is one image too many");
    options_.image = value;
  } else if (name == "probe" || name == "probe-exec") {
    read_probe(name, value);
  } else if (name == "oneshot") {
    options_.probe.oneshot = true;
  } else if (name == "volume") {
    read_volume(value);
  } else if (name == "keep-volumes") {
    keep_volumes_ = true;
  } else if (name == "network") {
    options_.spec.network = value;
  } else if (name == "read-only") {
    options_.spec.options.push_back({.name = "--read-only", .value = {}});
  } else if (name == "security-opt" || std::ranges::find(kPassedOn, name) != kPassedOn.end()) {
    if (name == "user") options_.user = value;
    if (name == "platform") options_.platform = value;
    pass_on(name, value);
  } else if (name == "engine-arg") {
    const string reason = refusal(value);
    if (!reason.empty()) usage("--engine-arg " + value + " is refused: " + reason);
    options_.spec.options.push_back({.name = value, .value = {}});
  } else if (!read_judgement(name, value) && !read_work(name, value)) {
    usage("the option --" + name + " is not known");
  }
}

void Reader::read_probe(const string& name, const string& value) {
  if (has_probe_) usage("more than one probe is given");
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
  } else {
    return false;
  }
  return true;
}

bool Reader::read_work(const string& name, const string& value) {
  if (name == "host" || name == "context") {
    options_.engine_command.insert(options_.engine_command.end(), {"--" + name, value});
  } else if (name == "pull") {
    options_.pull = chosen<Pull>(
        name, value,
        {{"never", Pull::kNever}, {"missing", Pull::kMissing}, {"always", Pull::kAlways}});
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
  if (options_.image.empty()) usage("no image is given", "capmin run IMAGE --probe FILE");
  // An engine would take it for an option, or a person would not see what it names.
  if (options_.image.starts_with('-') || options_.image.size() > 512 ||
      !std::ranges::all_of(options_.image, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') ||
               std::string_view("._-/:@").find(letter) != std::string_view::npos;
      })) {
    usage("the image's name holds what no image name holds",
          "write REPOSITORY:TAG, REPOSITORY@sha256:... or an image id");
  }
  if (!has_probe_) {
    usage("no probe is given, and nothing else can tell whether the image works",
          "give --probe FILE, --probe-exec FILE, --probe healthcheck or --probe exit");
  }
  if (options_.probe.oneshot && options_.probe.kind != Probe::Kind::kFile) {
    usage("--oneshot goes with --probe FILE: after its end a container runs nothing");
  }
  if ((options_.allow & options_.deny) != CapabilitySet{}) {
    usage("--allow and --deny both name " + to_string(options_.allow & options_.deny));
  }
  if (keep_volumes_) {
    options_.spec.keep_volumes = true;
    return;
  }
  for (const Volume& volume : options_.spec.volumes) {
    if (volume.kind == Volume::Kind::kBind && !volume.read_only) {
      usage("the writable directory " + volume.source + " would carry state from trial to trial",
            "mount it read-only (" + volume.source + ':' + volume.target +
                ":ro), or say --keep-volumes if its state cannot matter");
    }
  }
}

}  // namespace

RunOptions parse_run_options(const vector<string>& arguments) {
  const auto separator = std::ranges::find(arguments, "--");
  RunOptions options;
  options.engine_command = {"docker"};
  if (separator != arguments.end()) options.spec.command.assign(separator + 1, arguments.end());

  po::options_description all;
  for (const po::options_description& heading : described())
    all.add(heading);
  all.add_options()("image", po::value<vector<string>>());
  po::positional_options_description positions;
  positions.add("image", -1);
  const auto style =
      po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  Reader reader(options);
  try {
    const po::parsed_options parsed =
        po::command_line_parser(with_v_told_apart({arguments.begin(), separator}))
            .options(all)
            .positional(positions)
            .style(style)
            .run();
    for (const po::option& option : parsed.options)
      reader.read(option);
  } catch (const po::error& error) {
    usage(error.what());
  }
  reader.finish();
  return options;
}

string run_help() {
  std::ostringstream text;
  text << "usage: capmin run IMAGE --probe FILE [options] [-- COMMAND [ARG...]]\n\n"
          "Finds the smallest set of capabilities with which IMAGE passes its probe, proves that\n"
          "each member is needed, and writes both down as a profile.\n";
  for (const po::options_description& heading : described())
    text << '\n' << heading;
  text
      << "\nExit status: 0 done; 2 usage; 3 the probe never passes below the ceiling; 4 the probe\n"
         "contradicts itself; 5 engine trouble; 6 image missing; 8 output not written;\n"
         "10 internal error; 130, 143 interrupted, cleaned up.\n";
  return text.str();
}

std::chrono::milliseconds parse_duration(const string& text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::array<std::pair<std::string_view, long long>, 5> kUnits{
      {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60'000}, {"h", 3'600'000}}};
  const auto* const row =
      std::ranges::find(kUnits, unit, &std::pair<std::string_view, long long>::first);
  constexpr long long kLongest = 365LL * 24 * 3600;
  if (error != std::errc() || row == kUnits.end() || number <= 0 || number > kLongest) {
    usage("'" + text + "' is not a span of time", "write for instance 30s, 500ms or 2m");
  }
  return std::chrono::milliseconds(number * row->second);
}

}  // namespace capmin
