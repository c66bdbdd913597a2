#include "run/options_table.h"

#include <boost/program_options.hpp>

#include <sstream>
#include <string>

namespace capmin {
namespace {

namespace po = boost::program_options;

struct Row {
  const char* name;   ///< long, and a letter behind a comma
  const char* value;  ///< what its value is called; null for a flag
  const char* text;
};

struct Heading {
  const char* title;
  std::vector<Row> rows;
};

const std::vector<Heading>& headings() {
  static const std::vector<Heading> table{
      {"Probe, the health check that decides (one is needed)",
       {
           {"probe", "FILE|healthcheck|exit",
            "an executable run on this host; the image's own HEALTHCHECK; or a job that must end "
            "by itself with status 0"},
           {"probe-exec", "FILE", "an executable of this host, run inside the container"},
           {"oneshot", nullptr, "the container is a job; the probe runs once after its end"},
           {"reset", "FILE",
            "an executable, run on this host before each trial, that puts back what lies outside "
            "of the containers and would remember the trials before, such as a database"},
       }},
      {"How the container runs, spelled as the engine spells it",
       {
           {"env,e", "NAME[=VALUE]", "set a variable"},
           {"env-file", "FILE", "read variables from a file"},
           {"volume", "[SOURCE:]TARGET[:ro]",
            "mount a volume, also -v; named volumes are replaced by fresh ones for each trial"},
           {"keep-volumes", nullptr,
            "use named volumes and writable host directories as they are; otherwise each trial has "
            "fresh volumes, and copies of the directories"},
           {"publish,p", "[HOST:]PORT", "publish a port"},
           {"network", "NETWORK", "connect to a network"},
           {"user,u", "USER[:GROUP]", "run as this user"},
           {"entrypoint", "PROGRAM", "replace the image's entrypoint"},
           {"sysctl", "NAME=VALUE", "set a kernel parameter of the container"},
           {"tmpfs", "TARGET", "mount a tmpfs"},
           {"workdir,w", "DIRECTORY", "working directory inside the container"},
           {"read-only", nullptr, "mount the root file system read-only"},
           {"ulimit", "NAME=SOFT[:HARD]", "set a resource limit"},
           {"memory", "BYTES", "limit the memory"},
           {"pids-limit", "N", "limit the number of processes (default with docker: 4096)"},
           {"security-opt", "OPTION", "for instance no-new-privileges"},
           {"platform", "OS/ARCH", "choose the image's platform"},
           {"hostname", "NAME", "host name of the container"},
           {"add-host", "NAME:IP", "add a line to /etc/hosts"},
           {"shm-size", "BYTES", "size of /dev/shm"},
           {"device", "PATH", "add a device of the host"},
           {"engine-arg", "ARG", "pass any other option of the engine's create command"},
       }},
      {"What may be tried",
       {
           {"allow", "CAP[,CAP]",
            "try these too, beyond Docker's 14 default capabilities (with podman as well); a trial "
            "really grants them"},
           {"deny", "CAP[,CAP]", "never grant these"},
           {"ports", "portable|engine",
            "portable (default): ports below 1024 and ping are privileged inside the trial, as "
            "outside Docker; engine: the engine's own settings"},
       }},
      {"Judgement",
       {
           {"timeout", "TIME",
            "a trial's longest wait from the start of its program, e.g. 10s (default: 60s for the "
            "baseline, then four times what it took, at least 3s)"},
           {"settle", "TIME", "the container must still be healthy after this time"},
           {"restart", nullptr,
            "stop the container, start it again with its files and volumes, and probe it again"},
           {"graceful-stop", nullptr,
            "the container must end by itself after its stop signal, and no worse than with the "
            "whole ceiling: by its status, errors of permission, signals that the kernel refuses "
            "and processes that are killed at its end"},
           {"probe-after-stop", nullptr,
            "--graceful-stop, and the probe runs once more when the container has ended, with "
            "CAPMIN_PHASE=stop, to see what it left"},
           {"strict", nullptr,
            "new permission errors in the log, and processes that keep a user or capabilities they "
            "gave up before, count as failure; otherwise they become warnings"},
           {"confirm", "N", "repetitions of each deciding trial (default: 1)"},
           {"unique", nullptr, "find out whether any other minimal set exists"},
           {"least-risk", nullptr, "find out whether a less risky set works"},
           {"all-minimal", nullptr, "find every minimal set"},
       }},
      {"Work",
       {
           {"jobs,j", "N",
            "trials side by side (default: 1); one where they share something outside of their "
            "containers, such as the host's network"},
           {"evidence", "auto|logs|kernel|strace",
            "what orders the trials, beside the logs: with kernel what containers ask of the "
            "kernel, "
            "with auto (default) that where it can be seen, with strace which system calls fail "
            "(slow; as root), with logs nothing"},
           {"rules", "FILE", "ask the rules of this file first, see capmin help rules"},
           {"deadline", "TIME", "end the whole search after this time"},
           {"max-trials", "N", "start at most so many containers"},
           {"resume", nullptr,
            "go on with the journal that an interrupted run left beside -o FILE"},
           {"engine", "auto|docker|podman",
            "auto (default): docker where it answers, else podman; docker alone where --host, "
            "--context or DOCKER_HOST tell its place"},
           {"host", "URL", "the engine's address, as docker --host"},
           {"context", "NAME", "as docker --context"},
           {"engine-timeout", "TIME",
            "give up a call of the engine after this time (default: 30s)"},
           {"pull", "never|missing|always", "when to fetch the image (default: missing)"},
           {"dry-run", nullptr, "print the engine's commands and run nothing"},
           {"output,o", "FILE", "write the profile here (default: standard output)"},
           {"format", "yaml|json", "of the profile (default: yaml)"},
           {"quiet,q", nullptr, "print errors only"},
           {"verbose", nullptr,
            "print every call of the engine, and what the kernel saw used but not needed; also -v"},
           {"color", "auto|always|never", "colour the output"},
           {"no-color", nullptr, "the same as --color never, or NO_COLOR in the environment"},
           {"help,h", nullptr, "print this"},
       }},
  };
  return table;
}

}  // namespace

std::vector<po::options_description> run_options_table() {
  std::vector<po::options_description> table;
  for (const Heading& heading : headings()) {
    po::options_description& described = table.emplace_back(heading.title);
    for (const Row& row : heading.rows) {
      if (row.value == nullptr) {
        described.add_options()(row.name, row.text);
      } else {
        described.add_options()(row.name, po::value<std::string>()->value_name(row.value),
                                row.text);
      }
    }
  }
  return table;
}

std::optional<OptionKind> option_kind(const po::options_description& table, std::string_view name) {
  const po::option_description* const option = table.find_nothrow(std::string(name), false);
  if (option == nullptr) return std::nullopt;
  return option->semantic()->max_tokens() == 0 ? OptionKind::kFlag : OptionKind::kValue;
}

std::optional<OptionKind> run_option(std::string_view name) {
  static const std::vector<po::options_description> table = run_options_table();
  for (const po::options_description& heading : table) {
    if (const auto kind = option_kind(heading, name)) return kind;
  }
  return std::nullopt;
}

std::vector<ListedOption> run_option_list() {
  po::options_description all;
  for (const po::options_description& heading : run_options_table()) {
    all.add(heading);
  }
  return listed(all);
}

std::string run_help() {
  std::ostringstream options;
  for (const po::options_description& heading : run_options_table()) {
    options << (options.view().empty() ? "" : "\n") << heading;
  }
  return help_text("run", options.str());
}

}  // namespace capmin
