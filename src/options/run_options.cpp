#include "options/run_options.h"

#include "core/error.h"
#include "engine/create_options.h"
#include "engine/mount.h"
#include "options/docker_words.h"
#include "trial/network_check.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace capmin {
namespace {

using std::string;
using std::vector;

constexpr std::string_view kCommandPrefix = "cmd:";

/// What a probe is, by how it is written.
void read_probe(const string& text, bool is_inside, Probe& probe) {
  using Kind = Probe::Kind;
  if (text.starts_with(kCommandPrefix)) {
    probe.line = text.substr(kCommandPrefix.size());
    if (probe.line.find_first_not_of(" \t\n") == string::npos) {
      usage_error("the probe cmd: has no command",
                  "for instance --probe 'cmd:pg_isready -h $CAPMIN_IP'");
    }
    probe.kind = is_inside ? Kind::kExecCommand : Kind::kCommand;
  } else if (is_network_check(text)) {
    if (is_inside) {
      usage_error("--probe-exec runs a program inside the container, and " + text + " is none",
                  "--probe " + text);
    }
    probe.line = text;
    const NetworkCheck given = std::move(probe.check);
    probe.check = parse_network_check(text);
    probe.check.expect = given.expect;
    probe.check.expect_status = given.expect_status;
    probe.check.insecure = given.insecure;
    probe.kind = Kind::kNetwork;
    probe.attempt_deadline = kLongestRequest;
  } else {
    probe.kind = is_inside               ? Kind::kExec
                 : text == "healthcheck" ? Kind::kHealthcheck
                 : text == "exit"        ? Kind::kExit
                                         : Kind::kFile;
  }
}

OptionValue takes_probe(RunOptions& options) {
  return {"FILE|http://:PORT/PATH|tcp://:PORT|cmd:LINE|healthcheck|exit",
          [&options](const GivenOption& given) {
            if (options.has_probe) usage_error("more than one probe is given");
            options.has_probe = true;
            options.probe_as_written = given.value;
            read_probe(given.value, given.name == "probe-exec", options.probe);
          }};
}

OptionValue takes_reset(string& reset) {
  return {"FILE", [&reset](const GivenOption& given) {
            if (!reset.empty()) usage_error("more than one --reset is given");
            if (given.value.empty()) usage_error("--reset names no file");
            reset = given.value;
          }};
}

OptionValue takes_image(string& image) {
  return {"image", [&image](const GivenOption& given) {
            if (!image.empty()) usage_error("'" + given.value + "' is one image too many");
            image = given.value;
          }};
}

OptionValue takes_container(string& container) {
  return {"CONTAINER", [&container](const GivenOption& given) {
            if (!container.empty()) usage_error("more than one --like is given");
            if (given.value.empty() || given.value.starts_with('-')) {
              usage_error("'" + given.value + "' is no container's name");
            }
            container = given.value;
          }};
}

/// What reaches the engine as it is, see is_passed_on().
OptionValue passed_on(const char* name, ContainerSpec& spec) {
  return {name, [&spec](const GivenOption& given) {
            spec.options.push_back({.name = "--" + given.name, .value = given.value});
          }};
}

/// The same of what is asked for later on, too.
OptionValue passed_on(const char* name, ContainerSpec& spec, string& last) {
  return {name, [&last, pass = passed_on(name, spec)](const GivenOption& given) {
            pass.read(given);
            last = given.value;
          }};
}

OptionValue takes_mount(ContainerSpec& spec) {
  return {"KEY=VALUE,...", [&spec](const GivenOption& given) {
            const Mount mount = parse_mount(given.value);
            if (mount.volume.empty()) {
              spec.options.push_back({.name = "--tmpfs", .value = mount.tmpfs});
            } else {
              spec.volumes.push_back(parse_volume(mount.volume));
            }
          }};
}

OptionValue takes_engine_argument(ContainerSpec& spec) {
  return {"ARG", [&spec](const GivenOption& given) {
            const string reason = refusal(given.value);
            if (!reason.empty()) {
              usage_error("--engine-arg " + given.value + " is refused: " + reason);
            }
            spec.options.push_back({.name = given.value, .value = {}});
          }};
}

OptionValue takes_capabilities(CapabilitySet& set) {
  return {"CAP[,CAP]",
          [&set](const GivenOption& given) { set |= parse_capabilities(given.value, given.name); }};
}

OptionValue asks_for(Level asked, Level& level) {
  return {"", [asked, &level](const GivenOption&) {
            if (level != Level::kOneMinimal && level != asked) {
              usage_error("only one of --unique, --least-risk and --all-minimal can be asked for");
            }
            level = asked;
          }};
}

OptionRows probe_rows(RunOptions& options) {
  return {
      {"probe", takes_probe(options),
       "an executable run on this host; a request to the container that must be answered with a "
       "status of 200 to 299 (https:// as well), or a port that must accept connections; a line "
       "for "
       "this host's /bin/sh, such as 'cmd:pg_isready -h $CAPMIN_IP'; the image's own HEALTHCHECK; "
       "or "
       "a job that must end by itself with status 0"},
      {"probe-exec",
       {"FILE|cmd:LINE", takes_probe(options).read},
       "an executable of this host, or a line for the image's /bin/sh, run inside the container"},
      {"expect", takes_text("TEXT", options.probe.check.expect),
       "with --probe http://...: the body of the reply must hold this text"},
      {"expect-status",
       {"STATUS",
        [&options](const GivenOption& given) {
          int status = 0;
          takes_number(status, 100, 599).read(given);
          options.probe.check.expect_status = static_cast<unsigned>(status);
        }},
       "with --probe http://...: the status that the reply must have"},
      {"insecure", sets(options.probe.check.insecure),
       "with --probe https://...: any certificate will do"},
      {"oneshot", sets(options.probe.oneshot),
       "the container is a job; the probe runs once after its end"},
      {"reset", takes_reset(options.reset_as_written),
       "an executable, run on this host before each trial, that puts back what lies outside of the "
       "containers and would remember the trials before, such as a database"},
  };
}

OptionRows container_rows(RunOptions& options) {
  ContainerSpec& spec = options.spec;
  return {
      {"like", takes_container(options.like),
       "start from how this container was created, which need not run; IMAGE may be left out, and "
       "what is given as well goes before",
       OptionScope::kCommandLine},
      {"env,e", passed_on("NAME[=VALUE]", spec), "set a variable"},
      {"env-file", passed_on("FILE", spec), "read variables from a file"},
      {"volume",
       {"[SOURCE:]TARGET[:ro]",
        [&spec](const GivenOption& given) { spec.volumes.push_back(parse_volume(given.value)); }},
       "mount a volume, also -v; named volumes are replaced by fresh ones for each trial"},
      {"mount", takes_mount(spec), "the same as docker's --mount has it: type=bind,source=..."},
      {"keep-volumes", sets(spec.keep_volumes),
       "use named volumes and writable host directories as they are; otherwise each trial has "
       "fresh volumes, and copies of the directories"},
      {"publish,p", passed_on("[HOST:]PORT", spec), "publish a port"},
      {"network", takes_text("NETWORK", spec.network), "connect to a network"},
      {"user,u", passed_on("USER[:GROUP]", spec, options.user), "run as this user"},
      {"entrypoint", passed_on("PROGRAM", spec), "replace the image's entrypoint"},
      {"sysctl", passed_on("NAME=VALUE", spec), "set a kernel parameter of the container"},
      {"tmpfs", passed_on("TARGET", spec), "mount a tmpfs"},
      {"workdir,w", passed_on("DIRECTORY", spec), "working directory inside the container"},
      {"read-only",
       {"",
        [&spec](const GivenOption&) {
          spec.options.push_back({.name = "--read-only", .value = {}});
        }},
       "mount the root file system read-only"},
      {"ulimit", passed_on("NAME=SOFT[:HARD]", spec), "set a resource limit"},
      {"memory,m", passed_on("BYTES", spec), "limit the memory"},
      {"pids-limit", passed_on("N", spec),
       "limit the number of processes (default with docker: 4096)"},
      {"security-opt", passed_on("OPTION", spec), "for instance no-new-privileges"},
      {"platform", passed_on("OS/ARCH", spec, options.platform), "choose the image's platform"},
      {"hostname", passed_on("NAME", spec), "host name of the container"},
      {"add-host", passed_on("NAME:IP", spec), "add a line to /etc/hosts"},
      {"shm-size", passed_on("BYTES", spec), "size of /dev/shm"},
      {"device", passed_on("PATH", spec), "add a device of the host"},
      {"engine-arg", takes_engine_argument(spec),
       "pass any other option of the engine's create command"},
  };
}

OptionRows ceiling_rows(RunOptions& options) {
  return {
      {"allow", takes_capabilities(options.allow),
       "try these too, beyond Docker's 14 default capabilities (with podman as well); a trial "
       "really grants them"},
      {"deny", takes_capabilities(options.deny), "never grant these"},
      {"start-with", takes_text("PROFILE|CAP,...", options.start_with),
       "try this set, or that of a profile, first after the baseline: fewer trials where little is "
       "to be changed about it",
       OptionScope::kCommandLine},
      {"ports", takes_word(options.spec.ports, option_words<Ports>(kPorts)),
       "portable (default): ports below 1024 and ping are privileged inside the trial, as outside "
       "Docker; engine: the engine's own settings"},
  };
}

OptionRows judgement_rows(RunOptions& options) {
  Scenario& scenario = options.scenario;
  return {
      {"timeout", takes_time(options.timeout),
       "a trial's longest wait from the start of its program, e.g. 10s (default: 60s for the "
       "baseline, then four times what it took, at least 3s, or 1s on a quiet machine)"},
      {"settle", takes_time(scenario.settle),
       "the container must still be healthy after this time"},
      {"restart", sets(scenario.restart),
       "stop the container, start it again with its files and volumes, and probe it again"},
      {"graceful-stop", sets(scenario.graceful_stop),
       "the container must end by itself after its stop signal, and no worse than with the whole "
       "ceiling: by its status, errors of permission, signals that the kernel refuses and "
       "processes that are killed at its end"},
      {"probe-after-stop",
       {"",
        [&scenario](const GivenOption&) {
          scenario.graceful_stop = true;
          scenario.probe_after_stop = true;
        }},
       "--graceful-stop, and the probe runs once more when the container has ended, with "
       "CAPMIN_PHASE=stop, to see what it left"},
      {"strict", sets(options.strict),
       "new permission errors in the log, and processes that keep a user or capabilities they gave "
       "up before, count as failure; otherwise they become warnings"},
      {"confirm", takes_number(options.confirm, 1, 10),
       "repetitions of each deciding trial (default: 1)"},
      {name_of(Level::kUnique), asks_for(Level::kUnique, options.level),
       "find out whether any other minimal set exists"},
      {name_of(Level::kLeastRisk), asks_for(Level::kLeastRisk, options.level),
       "find out whether a less risky set works"},
      {name_of(Level::kAllMinimal), asks_for(Level::kAllMinimal, options.level),
       "find every minimal set"},
  };
}

OptionRows work_rows(RunOptions& options) {
  constexpr OptionScope kCommandLine = OptionScope::kCommandLine;
  return rows_of({
      {{"jobs,j", takes_number(options.jobs, 1, 64),
        "trials side by side (default: 1); one where they share something outside of their "
        "containers, such as the host's network"},
       {"evidence",
        {"auto|logs|kernel|strace",
         [&options](const GivenOption& given) { options.evidence = evidence_of(given); }},
        "what orders the trials, beside the logs: with kernel what containers ask of the kernel, "
        "with auto (default) that where it can be seen, with strace which system calls fail (slow; "
        "as root), with logs nothing"}},
      rules_options(options.rules),
      {{"deadline", takes_time(options.budget.time), "end the whole search after this time"},
       {"max-trials", takes_number(options.budget.trials, 1, 100'000),
        "start at most so many containers"},
       {"resume", sets(options.resume),
        "go on with the journal that an interrupted run left beside -o FILE", kCommandLine}},
      engine_options(options.engine,
                     "auto (default): docker where it answers, else podman; docker alone where "
                     "--host, --context or DOCKER_HOST tell its place"),
      pull_options(options.pull, "when to fetch the image (default: missing)"),
      {{"dry-run", sets(options.dry_run), "print the engine's commands and run nothing",
        kCommandLine},
       {"output,o", takes_text("FILE", options.output),
        "write the profile here (default: standard output)", kCommandLine},
       {"format", takes_word(options.json, {{"yaml", false}, {"json", true}}),
        "of the profile (default: yaml)", kCommandLine}},
      quiet_options(options.verbosity, "print errors only"),
      // -v is told apart from a volume's before.
      {{"verbose", sets(options.verbosity, Verbosity::kVerbose),
        "print every call of the engine, and what the kernel saw used but not needed; also -v",
        kCommandLine}},
      color_options(options.color),
  });
}

/// What is expected of an answer needs a question that has such answers.
void check_expectations(const Probe& probe) {
  using Scheme = NetworkCheck::Scheme;
  const NetworkCheck& check = probe.check;
  const bool is_http = probe.kind == Probe::Kind::kNetwork && check.scheme != Scheme::kTcp;
  if (!is_http && (!check.expect.empty() || check.expect_status)) {
    usage_error("--expect and --expect-status go with --probe http://... and https://...");
  }
  if (check.insecure && (!is_http || check.scheme != Scheme::kHttps)) {
    usage_error("--insecure goes with --probe https://...");
  }
}

void check(const RunOptions& options) {
  if (!options.image.empty()) {
    check_image_name(options.image);
  } else if (options.like.empty()) {
    usage_error("no image is given", "capmin run IMAGE --probe FILE");
  }
  if (options.probe.oneshot && !options.probe.runs_on_host()) {
    usage_error(
        "--oneshot goes with --probe FILE and cmd:LINE: after its end a container runs nothing");
  }
  check_expectations(options.probe);
  if (options.resume && !options.writes_file()) {
    usage_error("--resume needs -o FILE: the journal of a run lies beside its profile");
  }
  if (!(options.allow & options.deny).empty()) {
    usage_error("--allow and --deny both name " + to_string(options.allow & options.deny));
  }
  const bool is_job = options.probe.is_of_job();
  if (is_job && options.scenario.graceful_stop) {
    usage_error("--graceful-stop is for services: a job ends by itself");
  }
  if (options.scenario.probe_after_stop && !options.probe.runs_on_host()) {
    usage_error(
        "--probe-after-stop goes with --probe FILE and cmd:LINE: after its end a container runs "
        "nothing");
  }
}

/// Without those that `names` names.
OptionRows without(OptionRows rows, std::initializer_list<std::string_view> names) {
  std::erase_if(rows, [names](const Option& row) {
    return std::ranges::find(names, row.name) != names.end();
  });
  return rows;
}

}  // namespace

OptionRows rows_for_searches(RunOptions& options) {
  return without(rows_of({ceiling_rows(options), judgement_rows(options), work_rows(options)}),
                 {"start-with", "resume", "dry-run", "output", "format"});
}

const Option* find_judging_option(std::string_view name) {
  static RunOptions nowhere;
  static const OptionRows rows =
      without(rows_of({probe_rows(nowhere), ceiling_rows(nowhere), judgement_rows(nowhere)}),
              {"start-with"});
  const auto found = std::ranges::find(rows, name, &Option::name);
  return found == rows.end() ? nullptr : &*found;
}

bool is_about_container(std::string_view name) {
  static RunOptions nowhere;
  static const OptionRows rows =
      rows_of({container_rows(nowhere), docker_rows(nowhere.spec, nowhere.without_effect)});
  return std::ranges::find(rows, name, &Option::name) != rows.end();
}

void check_image_name(const string& image) {
  // An engine would take it for an option, or a person would not see what it names.
  if (image.starts_with('-') || image.size() > 512 || !std::ranges::all_of(image, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') ||
               std::string_view("._-/:@").find(letter) != std::string_view::npos;
      })) {
    usage_error("the image's name holds what no image name holds",
                "write REPOSITORY:TAG, REPOSITORY@sha256:... or an image id");
  }
}

OptionTable table_of(RunOptions& options) {
  return {"run",
          takes_image(options.image),
          {{"Probe, the health check that decides (one is needed)", probe_rows(options)},
           {"How the container runs, spelled as the engine spells it", container_rows(options)},
           {"What may be tried", ceiling_rows(options)},
           {"Judgement", judgement_rows(options)},
           {"Work", work_rows(options)}},
          {},
          docker_rows(options.spec, options.without_effect),
          docker_rows_text()};
}

vector<string> with_other_probe(const vector<string>& arguments, const vector<string>& probe) {
  vector<string> result;
  const auto end = std::ranges::find(arguments, "--");
  for (auto argument = arguments.begin(); argument != end; ++argument) {
    if (*argument == "--oneshot") continue;
    if (*argument == "--probe" || *argument == "--probe-exec") {
      result.insert(result.end(), probe.begin(), probe.end());
      if (argument + 1 != end) ++argument;
    } else if (argument->starts_with("--probe=") || argument->starts_with("--probe-exec=")) {
      result.insert(result.end(), probe.begin(), probe.end());
    } else {
      result.push_back(*argument);
    }
  }
  result.insert(result.end(), end, arguments.end());
  return result;
}

RunOptions parse_run_options(const vector<string>& arguments) {
  const auto separator = std::ranges::find(arguments, "--");
  RunOptions options;
  if (separator != arguments.end()) options.spec.command.assign(separator + 1, arguments.end());
  const OptionTable table = table_of(options);
  vector<string> spelled = with_docker_words_spelled({arguments.begin(), separator});
  const auto end = static_cast<std::ptrdiff_t>(spelled.size());
  spelled.insert(spelled.end(), separator, arguments.end());
  check_docker_words(table, spelled);
  read_options(table, {spelled.begin(), spelled.begin() + end});
  check(options);
  return options;
}

}  // namespace capmin
