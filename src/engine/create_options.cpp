#include "engine/create_options.h"

#include "text/words.h"

#include <algorithm>
#include <array>
#include <vector>

namespace capmin {
namespace {

using enum OptionFate;

constexpr bool kAlone = true;

constexpr std::string_view kNamespace = "it shares a namespace of the host with the trial";
constexpr std::string_view kOwnNamespace =
    "leave it out: each trial has a namespace of its own, and what needs the host's works with "
    "other capabilities there than in a container";
constexpr std::string_view kUserNamespace =
    "capabilities mean something else in another user namespace";
constexpr std::string_view kNoUserNamespace =
    "leave it out, or let the engine map the users of all its containers";
constexpr std::string_view kPods = "it shares the namespaces of other containers with the trial";
constexpr std::string_view kNetworkInstead =
    "name what is needed of it: --network container:NAME shares a network";

constexpr std::array kOptions{
    // What `capmin run` has itself
    CreateOption{"add-host", 0, "NAME:IP", kOwn},
    CreateOption{"device", 0, "PATH", kOwn},
    CreateOption{"entrypoint", 0, "PROGRAM", kOwn},
    CreateOption{"env", 'e', "NAME[=VALUE]", kOwn, false,
                 "give it to capmin: --env, which keeps its value out of the profile"},
    CreateOption{"env-file", 0, "FILE", kOwn},
    CreateOption{"hostname", 'h', "NAME", kOwn},
    CreateOption{"memory", 'm', "BYTES", kOwn},
    CreateOption{"mount", 0, "KEY=VALUE,...", kOwn, false,
                 "give it to capmin: --mount, so that no state is carried from trial to trial"},
    CreateOption{"net", 0, "NETWORK", kOwn, false, "give it to capmin: --network"},
    CreateOption{"network", 0, "NETWORK", kOwn},
    CreateOption{"pids-limit", 0, "N", kOwn},
    CreateOption{"platform", 0, "OS/ARCH", kOwn},
    CreateOption{"publish", 'p', "[HOST:]PORT", kOwn},
    CreateOption{"pull", 0, "WHEN", kOwn},
    CreateOption{"quiet", 'q', "", kOwn},
    CreateOption{"read-only", 0, "", kOwn},
    CreateOption{"security-opt", 0, "OPTION", kOwn},
    CreateOption{"shm-size", 0, "BYTES", kOwn},
    CreateOption{"sysctl", 0, "NAME=VALUE", kOwn},
    CreateOption{"timeout", 0, "SECONDS", kOwn},
    CreateOption{"tmpfs", 0, "TARGET", kOwn},
    CreateOption{"ulimit", 0, "NAME=SOFT[:HARD]", kOwn},
    CreateOption{"user", 'u', "USER[:GROUP]", kOwn},
    CreateOption{"volume", 'v', "[SOURCE:]TARGET", kOwn},
    CreateOption{"workdir", 'w', "DIRECTORY", kOwn},

    // What reaches the container as it is
    CreateOption{"annotation", 0, "NAME=VALUE", kPassedOn, kAlone},
    CreateOption{"arch", 0, "ARCH", kPassedOn, kAlone},
    CreateOption{"blkio-weight", 0, "N", kPassedOn, kAlone},
    CreateOption{"blkio-weight-device", 0, "DEVICE:N", kPassedOn, kAlone},
    CreateOption{"cgroup-conf", 0, "NAME=VALUE", kPassedOn},
    CreateOption{"cgroup-parent", 0, "CGROUP", kPassedOn},
    CreateOption{"chrootdirs", 0, "DIRECTORY", kPassedOn, kAlone},
    CreateOption{"cpu-count", 0, "N", kPassedOn, kAlone},
    CreateOption{"cpu-percent", 0, "N", kPassedOn, kAlone},
    CreateOption{"cpu-period", 0, "N", kPassedOn, kAlone},
    CreateOption{"cpu-quota", 0, "N", kPassedOn, kAlone},
    CreateOption{"cpu-rt-period", 0, "N", kPassedOn},
    CreateOption{"cpu-rt-runtime", 0, "N", kPassedOn},
    CreateOption{"cpu-shares", 'c', "N", kPassedOn, kAlone},
    CreateOption{"cpus", 0, "N", kPassedOn, kAlone},
    CreateOption{"cpuset-cpus", 0, "CPUS", kPassedOn, kAlone},
    CreateOption{"cpuset-mems", 0, "NODES", kPassedOn, kAlone},
    CreateOption{"device-cgroup-rule", 0, "RULE", kPassedOn},
    CreateOption{"device-read-bps", 0, "DEVICE:RATE", kPassedOn, kAlone},
    CreateOption{"device-read-iops", 0, "DEVICE:RATE", kPassedOn, kAlone},
    CreateOption{"device-write-bps", 0, "DEVICE:RATE", kPassedOn, kAlone},
    CreateOption{"device-write-iops", 0, "DEVICE:RATE", kPassedOn, kAlone},
    CreateOption{"dns", 0, "IP", kPassedOn, kAlone},
    CreateOption{"dns-opt", 0, "OPTION", kPassedOn, kAlone},
    CreateOption{"dns-option", 0, "OPTION", kPassedOn, kAlone},
    CreateOption{"dns-search", 0, "DOMAIN", kPassedOn, kAlone},
    CreateOption{"domainname", 0, "NAME", kPassedOn, kAlone},
    CreateOption{"expose", 0, "PORT", kPassedOn, kAlone},
    CreateOption{"gpus", 0, "GPUS", kPassedOn},
    CreateOption{"group-add", 0, "GROUP", kPassedOn, kAlone},
    CreateOption{"health-interval", 0, "TIME", kPassedOn, kAlone},
    CreateOption{"health-retries", 0, "N", kPassedOn, kAlone},
    CreateOption{"health-start-interval", 0, "TIME", kPassedOn, kAlone},
    CreateOption{"health-start-period", 0, "TIME", kPassedOn, kAlone},
    CreateOption{"health-timeout", 0, "TIME", kPassedOn, kAlone},
    CreateOption{"http-proxy", 0, "true|false", kPassedOn, kAlone},
    CreateOption{"image-volume", 0, "KIND", kPassedOn, kAlone},
    CreateOption{"init", 0, "", kPassedOn, kAlone},
    CreateOption{"init-path", 0, "FILE", kPassedOn, kAlone},
    CreateOption{"interactive", 'i', "", kPassedOn, kAlone},
    CreateOption{"ip", 0, "IP", kPassedOn},
    CreateOption{"ip6", 0, "IP", kPassedOn},
    CreateOption{"isolation", 0, "KIND", kPassedOn, kAlone},
    CreateOption{"kernel-memory", 0, "BYTES", kPassedOn, kAlone},
    CreateOption{"link", 0, "CONTAINER", kPassedOn},
    CreateOption{"link-local-ip", 0, "IP", kPassedOn},
    CreateOption{"mac-address", 0, "ADDRESS", kPassedOn},
    CreateOption{"memory-reservation", 0, "BYTES", kPassedOn, kAlone},
    CreateOption{"memory-swap", 0, "BYTES", kPassedOn, kAlone},
    CreateOption{"memory-swappiness", 0, "N", kPassedOn, kAlone},
    CreateOption{"net-alias", 0, "NAME", kPassedOn},
    CreateOption{"network-alias", 0, "NAME", kPassedOn},
    CreateOption{"no-healthcheck", 0, "", kPassedOn, kAlone},
    CreateOption{"no-hosts", 0, "", kPassedOn, kAlone},
    CreateOption{"oom-kill-disable", 0, "", kPassedOn, kAlone},
    CreateOption{"oom-score-adj", 0, "N", kPassedOn, kAlone},
    CreateOption{"os", 0, "OS", kPassedOn, kAlone},
    CreateOption{"passwd", 0, "true|false", kPassedOn, kAlone},
    CreateOption{"publish-all", 'P', "", kPassedOn, kAlone},
    CreateOption{"read-only-tmpfs", 0, "true|false", kPassedOn, kAlone},
    CreateOption{"runtime", 0, "NAME", kPassedOn, kAlone},
    CreateOption{"secret", 0, "NAME", kPassedOn},
    CreateOption{"stop-signal", 0, "SIGNAL", kPassedOn, kAlone},
    CreateOption{"stop-timeout", 0, "SECONDS", kPassedOn, kAlone},
    CreateOption{"storage-opt", 0, "OPTION", kPassedOn, kAlone},
    CreateOption{"systemd", 0, "true|false|always", kPassedOn, kAlone},
    CreateOption{"tty", 't', "", kPassedOn, kAlone},
    CreateOption{"tz", 0, "ZONE", kPassedOn, kAlone},
    CreateOption{"umask", 0, "MASK", kPassedOn, kAlone},
    CreateOption{"unsetenv", 0, "NAME", kPassedOn, kAlone},
    CreateOption{"unsetenv-all", 0, "", kPassedOn, kAlone},
    CreateOption{"variant", 0, "VARIANT", kPassedOn, kAlone},
    CreateOption{"volume-driver", 0, "NAME", kPassedOn},

    // What is of no account in a trial
    CreateOption{"attach", 'a', "STREAM", kNothing},
    CreateOption{"cidfile", 0, "FILE", kNothing},
    CreateOption{"conmon-pidfile", 0, "FILE", kNothing},
    CreateOption{"detach", 'd', "", kNothing},
    CreateOption{"detach-keys", 0, "KEYS", kNothing},
    CreateOption{"disable-content-trust", 0, "", kNothing},
    CreateOption{"label", 'l', "NAME[=VALUE]", kNothing},
    CreateOption{"label-file", 0, "FILE", kNothing},
    CreateOption{"log-driver", 0, "NAME", kNothing},
    CreateOption{"log-opt", 0, "NAME=VALUE", kNothing},
    CreateOption{"name", 0, "NAME", kNothing},
    CreateOption{"pidfile", 0, "FILE", kNothing},
    CreateOption{"replace", 0, "", kNothing},
    CreateOption{"rm", 0, "", kNothing},
    CreateOption{"sdnotify", 0, "KIND", kNothing},
    CreateOption{"sig-proxy", 0, "", kNothing},

    // What would undo a trial, or cannot work in one
    CreateOption{"cap-add", 0, "CAP", kRefused, false,
                 "a trial is granted what the search says and nothing besides",
                 "write --allow CAP,...: trials may use it then, and it comes into the set only "
                 "where the probe fails without it"},
    CreateOption{"cap-drop", 0, "CAP", kRefused, false, "a trial drops ALL by itself",
                 "leave it out; --deny CAP,... says what no trial may be granted"},
    CreateOption{"cgroupns", 0, "KIND", kRefused, false, kNamespace, kOwnNamespace, "private"},
    CreateOption{"env-host", 0, "", kRefused, false,
                 "it gives each trial all variables of this shell, which nobody could repeat",
                 "name those that are needed: --env NAME"},
    CreateOption{"gidmap", 0, "MAP", kRefused, false, kUserNamespace, kNoUserNamespace},
    CreateOption{"health-cmd", 0, "COMMAND", kRefused, false,
                 "no trial waits for the engine's own health check",
                 "write the command into a file and give that with --probe-exec FILE; an image's "
                 "own HEALTHCHECK is taken with --probe healthcheck"},
    CreateOption{"health-on-failure", 0, "ACTION", kRefused, false,
                 "a container that is ended or started again by the engine hides its failure",
                 "leave it out"},
    CreateOption{"init-ctr", 0, "KIND", kRefused, false, kPods, kNetworkInstead},
    CreateOption{"ipc", 0, "KIND", kRefused, false, kNamespace, kOwnNamespace,
                 "none|private|shareable"},
    CreateOption{"pid", 0, "KIND", kRefused, false, kNamespace, kOwnNamespace, "private"},
    CreateOption{"pod", 0, "POD", kRefused, false, kPods, kNetworkInstead},
    CreateOption{"pod-id-file", 0, "FILE", kRefused, false, kPods, kNetworkInstead},
    CreateOption{"privileged", 0, "", kRefused, false,
                 "it grants everything and lifts what else confines a container, so that no trial "
                 "could show what is needed",
                 "leave it out; --allow CAP,... lets trials use more than Docker's 14, and a "
                 "device is given with --device"},
    CreateOption{"requires", 0, "CONTAINER", kRefused, false, "it starts other containers",
                 "start them first, and leave it out"},
    CreateOption{"restart", 0, "POLICY", kRefused, false,
                 "a container that starts again hides its failure"},
    CreateOption{"rootfs", 0, "", kRefused, false, "a trial runs an image",
                 "make an image of the directory: tar -C DIRECTORY -c . | docker import - NAME"},
    CreateOption{"subgidname", 0, "NAME", kRefused, false, kUserNamespace, kNoUserNamespace},
    CreateOption{"subuidname", 0, "NAME", kRefused, false, kUserNamespace, kNoUserNamespace},
    CreateOption{"uidmap", 0, "MAP", kRefused, false, kUserNamespace, kNoUserNamespace},
    CreateOption{"use-api-socket", 0, "", kRefused, false,
                 "it hands the engine itself to the container",
                 "mount the socket by name, if it must be: --volume /var/run/docker.sock:..."},
    CreateOption{"userns", 0, "KIND", kRefused, false, kUserNamespace, kNoUserNamespace},
    CreateOption{"uts", 0, "KIND", kRefused, false, kNamespace, kOwnNamespace, "private"},
    CreateOption{"volumes-from", 0, "CONTAINER", kRefused, false,
                 "it carries state from trial to trial",
                 "name the volumes themselves: --volume NAME:TARGET, each trial has fresh ones"},
};

}  // namespace

std::span<const CreateOption> create_options() {
  return kOptions;
}

const CreateOption* find_create_option(std::string_view spelled) {
  const bool is_letter = spelled.size() == 2 && spelled[0] == '-' && spelled[1] != '-';
  const auto* const row = std::ranges::find_if(kOptions, [&](const CreateOption& option) {
    return is_letter ? option.letter == spelled[1]
                     : spelled.starts_with("--") && option.name == spelled.substr(2);
  });
  return row == kOptions.end() ? nullptr : row;
}

bool reaches_container(const CreateOption& option, std::string_view value) {
  if (option.fate == kPassedOn) return true;
  const std::vector<std::string> taken = split(option.but, '|');
  return option.fate == kRefused && !value.empty() &&
         std::ranges::find(taken, value) != taken.end();
}

std::string refusal(const std::string& option) {
  if (option == "--") return "it ends the options";
  if (!option.starts_with('-')) return "it is no option; write --engine-arg=--NAME=VALUE";
  const auto [name, value] = split_at(option, '=');
  const CreateOption* const known = find_create_option(name);
  if (known == nullptr) {
    // Short flags can stand together in one argument (-it), and take their value without a blank.
    const bool is_cluster = name.size() > 2 && name[1] != '-';
    return is_cluster ? "write one long option instead" : "";
  }
  if (reaches_container(*known, value)) return {};
  if (known->fate == kNothing) return "capmin sets it itself for each trial";
  if (!known->why.empty()) return std::string(known->why);
  // Passed through unread it would reach around what capmin does with it: ports, users, secrets.
  return "give it to capmin: --" + std::string(known->name);
}

bool concerns_one_container(std::string_view option) {
  const auto [name, value] = split_at(option, '=');
  const CreateOption* const known = find_create_option(name);
  return known != nullptr && reaches_container(*known, value) &&
         (known->of_one_container || known->fate == kRefused);
}

}  // namespace capmin
