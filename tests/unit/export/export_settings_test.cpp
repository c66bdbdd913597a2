// What else was proven, besides the capabilities, in the words of each target.
#include "export/export.h"
#include "profile/sentences.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace capmin {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool mentions(const std::vector<std::string>& lines, std::string_view part) {
  return std::ranges::any_of(lines,
                             [part](const std::string& line) { return contains(line, part); });
}

/// A proven profile without capabilities, whose containers ran with these options.
Profile proven_with(std::vector<std::string> options, std::vector<std::string> command = {}) {
  Profile profile = sample_profile();
  profile.add = {};
  profile.conditional.clear();
  profile.warnings.clear();
  profile.environment.altered.clear();
  profile.environment.options = std::move(options);
  profile.environment.command = std::move(command);
  for (const std::string& option : profile.environment.options) {
    if (option.starts_with("--user ")) profile.image.user = option.substr(7);
  }
  return profile;
}

Exported exported(const Profile& profile, std::string_view format) {
  return export_profile(profile, *target_named(format), {});
}

/// The hardened nginx: every line of what made its empty set enough.
Profile hardened() {
  return proven_with({"--user 33:33", "--read-only", "--security-opt no-new-privileges",
                      "--tmpfs /run:uid=33,gid=33,size=16m", "--sysctl net.core.somaxconn=1024"},
                     {"nginx", "-g", "daemon off;"});
}

TEST_CASE("docker runs what was proven: every option, and the command is named") {
  const Exported result = exported(hardened(), "docker-args");
  CHECK(result.text ==
        "--cap-drop ALL --user 33:33 --read-only --security-opt no-new-privileges "
        "--tmpfs /run:uid=33,gid=33,size=16m --sysctl net.core.somaxconn=1024\n");
  CHECK(mentions(result.warnings, "behind the image: nginx -g 'daemon off;'"));
}

TEST_CASE("a value that a shell would take apart stands in no line of arguments, and is named") {
  const Exported result = exported(
      proven_with({"--sysctl net.ipv4.ping_group_range=0 100", "--tmpfs /x*"}), "docker-args");
  CHECK(result.text == "--cap-drop ALL\n");
  CHECK(mentions(result.warnings, "--sysctl net.ipv4.ping_group_range=0 100"));
  CHECK(mentions(result.warnings, "--tmpfs /x*"));
}

TEST_CASE("podman is told what docker's words mean to it") {
  const Exported result = exported(hardened(), "podman-args");
  CHECK(result.text ==
        "--cap-drop ALL --user 33:33 --read-only --read-only-tmpfs=false "
        "--security-opt no-new-privileges --tmpfs /run:size=16m "
        "--sysctl net.core.somaxconn=1024\n");
  CHECK(mentions(result.warnings, "uid=33,gid=33"));
}

TEST_CASE("a Compose file carries what was proven") {
  const std::string text = exported(hardened(), "compose").text;
  for (const char* const line :
       {"\n    user: \"33:33\"\n", "\n    read_only: true\n",
        "\n    security_opt: [\"no-new-privileges:true\"]\n",
        "\n    tmpfs: [\"/run:uid=33,gid=33,size=16m\"]\n",
        "\n    sysctls: [\"net.core.somaxconn=1024\"]\n",
        "\n    command: [\"nginx\", \"-g\", \"daemon off;\"]\n", "\n    cap_drop: [\"ALL\"]\n"}) {
    CAPTURE(line);
    CHECK(contains(text, line));
  }
}

TEST_CASE("a Pod carries what was proven, and says what it cannot") {
  const Exported result = exported(hardened(), "kubernetes");
  for (const char* const line :
       {"        allowPrivilegeEscalation: false\n", "        readOnlyRootFilesystem: true\n",
        "        runAsNonRoot: true\n", "        runAsUser: 33\n", "        runAsGroup: 33\n",
        "        seccompProfile:\n          type: RuntimeDefault\n",
        "      args: [\"nginx\", \"-g\", \"daemon off;\"]\n", "name: \"net.core.somaxconn\"\n",
        "value: \"1024\"\n", "mountPath: \"/run\"\n", "medium: Memory\n", "sizeLimit: 16Mi\n"}) {
    CAPTURE(line);
    CHECK(contains(result.text, line));
  }
  CHECK(mentions(result.warnings, "uid=33,gid=33"));
}

TEST_CASE("a Quadlet file carries what was proven") {
  const std::string text = exported(hardened(), "quadlet").text;
  for (const char* const line :
       {"\nUser=33\n", "\nGroup=33\n", "\nReadOnly=yes\n", "\nNoNewPrivileges=yes\n",
        "\nPodmanArgs=--tmpfs=/run:size=16m\n", "\nPodmanArgs=--sysctl=net.core.somaxconn=1024\n",
        "\nExec=nginx -g \"daemon off;\"\n"}) {
    CAPTURE(line);
    CHECK(contains(text, line));
  }
}

TEST_CASE("a service carries what was proven as far as it can") {
  const Exported result = exported(hardened(), "systemd");
  for (const char* const line :
       {"\nUser=33\n", "\nGroup=33\n", "\nProtectSystem=strict\n", "\nNoNewPrivileges=yes\n",
        "\nTemporaryFileSystem=/run:uid=33,gid=33,size=16m\n"}) {
    CAPTURE(line);
    CHECK(contains(result.text, line));
  }
  CHECK(mentions(result.warnings, "--sysctl net.core.somaxconn=1024"));
  CHECK(mentions(result.warnings, "seccomp"));
}

TEST_CASE("a runtime's configuration carries what was proven as far as it can") {
  const Exported result = exported(hardened(), "oci");
  for (const char* const part :
       {"\"uid\": 33", "\"gid\": 33", "\"noNewPrivileges\": true", "\"readonly\": true",
        "\"destination\": \"/run\"", "\"uid=33\"", "\"net.core.somaxconn\": \"1024\""}) {
    CAPTURE(part);
    CHECK(contains(result.text, part));
  }
  CHECK(mentions(result.warnings, "seccomp"));
}

TEST_CASE("an ECS definition carries what was proven") {
  const std::string text = exported(hardened(), "ecs").text;
  for (const char* const part :
       {"\"user\": \"33:33\"", "\"readonlyRootFilesystem\": true", "\"no-new-privileges\"",
        "\"containerPath\": \"/run\"", "\"size\": 16", "\"uid=33\"",
        "\"namespace\": \"net.core.somaxconn\"", "\"daemon off;\""}) {
    CAPTURE(part);
    CHECK(contains(text, part));
  }
}

TEST_CASE("a Nomad task carries what was proven") {
  const Exported result = exported(hardened(), "nomad");
  for (const char* const part : {"\nuser = \"33:33\"\n", "  readonly_rootfs = true\n",
                                 "  security_opt = [\"no-new-privileges\"]\n",
                                 "  command = \"nginx\"\n", "  args = [\"-g\", \"daemon off;\"]\n",
                                 "\"net.core.somaxconn\" = \"1024\"", "target = \"/run\""}) {
    CAPTURE(part);
    CHECK(contains(result.text, part));
  }
  CHECK(mentions(result.warnings, "uid=33,gid=33"));
}

TEST_CASE("a label carries the set alone, and names all the rest") {
  const std::vector<std::string> warnings = exported(hardened(), "label").warnings;
  for (const char* const option :
       {"--user 33:33", "--read-only", "--tmpfs /run", "--sysctl", "nginx -g"}) {
    CAPTURE(option);
    CHECK(mentions(warnings, option));
  }
}

/// One of every option that a profile can record, in words that occur nowhere else.
const std::vector<std::string>& every_option() {
  static const std::vector<std::string> options{"--env SECRETNAME",
                                                "--env-file settings.env",
                                                "--publish 8081:8082/udp",
                                                "--user 4321:8765",
                                                "--entrypoint /entry",
                                                "--sysctl net.core.somaxconn=777",
                                                "--tmpfs /scratch:size=3m",
                                                "--workdir /workplace",
                                                "--ulimit nofile=555:666",
                                                "--memory 48m",
                                                "--pids-limit 234",
                                                "--hostname hosty",
                                                "--add-host other:10.9.8.7",
                                                "--shm-size 5m",
                                                "--device /dev/fuse",
                                                "--platform linux/arm64",
                                                "--security-opt no-new-privileges",
                                                "--security-opt seccomp=unconfined",
                                                "--security-opt apparmor=unconfined",
                                                "--security-opt label=type:thing_t",
                                                "--security-opt systempaths=unconfined",
                                                "--read-only",
                                                "--volume /srv/data:/data:ro",
                                                "--volume named:/named",
                                                "--volume /anonymous",
                                                "--group-add=987",
                                                "--init",
                                                "--dns=10.1.1.1"};
  return options;
}

/// What of an option's value shows that it was carried or named.
std::string mark_of(const std::string& option) {
  const std::string value = option.substr(option.find_first_of(" =") + 1);
  for (const char* const mark :
       {"SECRETNAME", "settings.env", "8082",    "4321",    "/entry",    "777",
        "/scratch",   "/workplace",   "666",     "48",      "234",       "hosty",
        "10.9.8.7",   "/dev/fuse",    "arm64",   "thing_t", "/srv/data", "/named",
        "/anonymous", "987",          "10.1.1.1"}) {
    if (contains(option, mark)) return mark;
  }
  return value;
}

TEST_CASE("a terminal and an open input go where containers are described") {
  const Profile profile = proven_with({"--tty", "--interactive"});
  const Exported compose = exported(profile, "compose");
  CHECK(contains(compose.text, "tty: true"));
  CHECK(contains(compose.text, "stdin_open: true"));
  const Exported pod = exported(profile, "kubernetes");
  CHECK(contains(pod.text, "tty: true"));
  CHECK(contains(pod.text, "stdin: true"));
  CHECK(contains(exported(profile, "docker-args").text, "--tty --interactive"));
}

TEST_CASE("the engines' limits and names are keys of Compose, by Compose's names") {
  const Exported compose = exported(
      proven_with({"--cpus=0.5", "--dns=10.1.1.1", "--stop-signal=INT", "--gpus=all"}), "compose");
  CHECK(contains(compose.text, "cpus: \"0.5\""));
  CHECK(contains(compose.text, "dns: [\"10.1.1.1\"]"));
  CHECK(contains(compose.text, "stop_signal: \"INT\""));
  CHECK(mentions(compose.warnings, "--gpus=all"));
}

TEST_CASE("no option of the proof is dropped in silence, whatever the target") {
  for (const Target& target : targets()) {
    if (target.format == "json" || target.format == "intoto") continue;
    for (const std::string& option : every_option()) {
      CAPTURE(target.format);
      CAPTURE(option);
      // Where nothing filters system calls, nothing is to be said of no filter.
      const bool has_no_filter = target.format == "systemd" || target.format == "oci";
      if (has_no_filter && contains(option, "seccomp=unconfined")) continue;
      const Exported bare = exported(proven_with({}), target.format);
      const Exported result = exported(proven_with({option}), target.format);
      const bool named =
          mentions(result.warnings, option) || mentions(result.warnings, mark_of(option));
      const bool carried = result.text != bare.text;
      CHECK((named || carried));
    }
  }
}

TEST_CASE("the network of the proof is carried or named") {
  for (const char* const network : {"host", "none", "backend", "container:web"}) {
    for (const Target& target : targets()) {
      if (target.format == "json" || target.format == "intoto") continue;
      CAPTURE(target.format);
      CAPTURE(network);
      Profile profile = proven_with({});
      profile.environment.network = network;
      const Exported result = exported(profile, target.format);
      const bool named = mentions(result.warnings, network) || mentions(result.notes, network);
      CHECK((named || contains(result.text, network) ||
             contains(result.text, "hostNetwork: true") ||
             contains(result.text, "PrivateNetwork=yes")));
    }
  }
}

TEST_CASE("the value of a variable is no part of an export, its name is") {
  const Profile profile = proven_with({"--env SECRETNAME"});
  CHECK(contains(exported(profile, "compose").text, "environment: [\"SECRETNAME\"]"));
  CHECK(contains(exported(profile, "docker-args").text, "--env SECRETNAME"));
  CHECK(contains(exported(profile, "quadlet").text, "PodmanArgs=--env=SECRETNAME"));
  CHECK(contains(exported(profile, "systemd").text, "PassEnvironment=SECRETNAME"));
  for (const char* const format : {"kubernetes", "ecs", "nomad", "oci"}) {
    CAPTURE(format);
    CHECK(mentions(exported(profile, format).warnings, "SECRETNAME"));
  }
}

TEST_CASE("a Pod's command says nothing that Kubernetes would expand") {
  const std::string text =
      exported(proven_with({}, {"sh", "-c", "echo $(HOME) $$ $HOME"}), "kubernetes").text;
  CHECK(contains(text, "args: [\"sh\", \"-c\", \"echo $$(HOME) $$$ $HOME\"]"));
}

TEST_CASE("what podman adds to a read-only root goes with it to other engines") {
  Profile profile = proven_with({"--read-only"});
  profile.environment.engine = Dialect::kPodman;
  CHECK(exported(profile, "podman-args").text == "--cap-drop ALL --read-only\n");
  CHECK(exported(profile, "docker-args").text ==
        "--cap-drop ALL --read-only --tmpfs /run --tmpfs /tmp --tmpfs /var/tmp\n");
}

TEST_CASE("the level of Pod Security is that of the container as it was proven") {
  const auto text = [](const Profile& profile) { return pod_security_text(profile); };
  Profile profile = proven_with({});
  CHECK(text(profile).find("\"restricted\"") != std::string::npos);
  CHECK(contains(text(profile), "a user other than root"));
  CHECK(contains(text(profile), "no-new-privileges"));
  CHECK_FALSE(contains(text(profile), "fits Pod Security \"restricted\""));

  profile = proven_with({"--user 33:33"});
  CHECK_FALSE(contains(text(profile), "fits Pod Security \"restricted\""));
  CHECK(contains(text(profile), "no-new-privileges"));

  profile = proven_with({"--user 33:33", "--security-opt no-new-privileges"});
  CHECK(contains(text(profile), "fits Pod Security \"restricted\""));

  profile.environment.seccomp = "off";
  CHECK_FALSE(contains(text(profile), "fits Pod Security \"restricted\""));
  CHECK(contains(text(profile), "seccomp"));

  profile = proven_with({"--user www-data", "--security-opt no-new-privileges"});
  CHECK_FALSE(contains(text(profile), "fits Pod Security \"restricted\""));
  CHECK(contains(text(profile), "by number"));

  profile = proven_with(
      {"--user 33:33", "--security-opt no-new-privileges", "--security-opt seccomp=unconfined"});
  CHECK_FALSE(contains(text(profile), "fits Pod Security \"restricted\""));

  profile =
      proven_with({"--user 33:33", "--security-opt no-new-privileges", "--volume /srv:/data"});
  CHECK(contains(text(profile), "only Pod Security \"privileged\" admits"));
}

}  // namespace
}  // namespace capmin
