#include "export/export.h"

#include "expect_error.h"
#include "profile/profile_yaml.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace capmin {
namespace {

const std::string kHash(64, 'a');

const Target& target(std::string_view format) {
  const Target* const found = target_named(format);
  REQUIRE_MESSAGE(found != nullptr, format);
  return *found;
}

Exported exported(const Profile& profile, std::string_view format,
                  ExportStyle style = ExportStyle::kDropAll) {
  return export_profile(profile, target(format), {style, {}, kHash});
}

std::string text_of(const Profile& profile, std::string_view format,
                    ExportStyle style = ExportStyle::kDropAll) {
  return exported(profile, format, style).text;
}

std::string golden(const std::string& name) {
  const std::string path = std::string(CAPMIN_TEST_DATA) + "/golden/export/" + name;
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file, "cannot open ", path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// True where one of the lines holds `part`.
bool mentions(const std::vector<std::string>& lines, std::string_view part) {
  return std::ranges::any_of(lines,
                             [part](const std::string& line) { return contains(line, part); });
}

/// A proven profile of a root image without conditions, options or warnings.
Profile plain_profile(CapabilitySet add) {
  Profile profile = sample_profile();
  profile.add = add;
  profile.conditional.clear();
  profile.warnings.clear();
  profile.environment.options.clear();
  return profile;
}

/// The sample with options as capmin run records them.
Profile golden_profile() {
  Profile profile = sample_profile();
  profile.environment.options = {"--env TZ", "--publish 80"};
  return profile;
}

TEST_CASE("each format has the same bytes every time") {
  for (const auto& row :
       std::vector<std::pair<std::string, std::string>>{{"docker-args", "docker-args.txt"},
                                                        {"podman-args", "podman-args.txt"},
                                                        {"compose", "compose.yaml"},
                                                        {"kubernetes", "kubernetes.yaml"},
                                                        {"quadlet", "quadlet.container"},
                                                        {"systemd", "systemd.conf"},
                                                        {"oci", "oci.json"},
                                                        {"label", "label.txt"},
                                                        {"ecs", "ecs.json"},
                                                        {"nomad", "nomad.hcl"},
                                                        {"intoto", "intoto.json"}}) {
    CAPTURE(row.first);
    CHECK(text_of(golden_profile(), row.first) == golden(row.second));
  }
}

TEST_CASE("the format json is the profile itself") {
  CHECK(text_of(sample_profile(), "json") == to_json(sample_profile()));
}

TEST_CASE("an empty set drops everything and adds nothing") {
  const Profile profile = plain_profile({});
  CHECK(text_of(profile, "docker-args") == "--cap-drop ALL\n");
  CHECK(text_of(profile, "podman-args") == "--cap-drop ALL\n");
  CHECK(text_of(profile, "label") == "io.containers.capabilities=\n");
  CHECK(contains(text_of(profile, "compose"), "    cap_drop: [\"ALL\"]\n    command:"));
  CHECK(contains(text_of(profile, "kubernetes"),
                 "        capabilities:\n          drop: [\"ALL\"]\n"));
  CHECK_FALSE(contains(text_of(profile, "kubernetes"), "add:"));
  CHECK(contains(text_of(profile, "systemd"),
                 "[Service]\nCapabilityBoundingSet=\nAmbientCapabilities=\n"));
  CHECK(contains(text_of(profile, "quadlet"), "DropCapability=all\n"));
  CHECK_FALSE(contains(text_of(profile, "quadlet"), "AddCapability"));
  CHECK(contains(text_of(profile, "nomad"), "  cap_drop = [\"all\"]\n  command"));
  CHECK(contains(text_of(profile, "oci"), "\"bounding\": [],"));
  CHECK_FALSE(contains(text_of(profile, "ecs"), "\"add\""));
}

TEST_CASE("drop-unneeded names what the engine's own default set grants too much") {
  using enum Capability;
  const Profile profile = plain_profile({kChown, kNetRaw, kSysNice});
  CHECK(text_of(profile, "docker-args", ExportStyle::kDropUnneeded) ==
        "--cap-drop AUDIT_WRITE --cap-drop DAC_OVERRIDE --cap-drop FOWNER --cap-drop FSETID "
        "--cap-drop KILL --cap-drop MKNOD --cap-drop NET_BIND_SERVICE --cap-drop SETFCAP "
        "--cap-drop SETGID --cap-drop SETPCAP --cap-drop SETUID --cap-drop SYS_CHROOT "
        "--cap-add SYS_NICE\n");
  // Podman grants NET_RAW by default or not, as its containers.conf says.
  CHECK(text_of(profile, "podman-args", ExportStyle::kDropUnneeded) ==
        "--cap-drop AUDIT_WRITE --cap-drop DAC_OVERRIDE --cap-drop FOWNER --cap-drop FSETID "
        "--cap-drop KILL --cap-drop MKNOD --cap-drop NET_BIND_SERVICE --cap-drop SETFCAP "
        "--cap-drop SETGID --cap-drop SETPCAP --cap-drop SETUID --cap-drop SYS_CHROOT "
        "--cap-add NET_RAW --cap-add SYS_NICE\n");
}

TEST_CASE("drop-unneeded of all but one drops this one only") {
  const Profile profile = plain_profile(docker_default_set().without(Capability::kNetRaw));
  CHECK(text_of(profile, "docker-args", ExportStyle::kDropUnneeded) == "--cap-drop NET_RAW\n");
  CHECK(contains(text_of(profile, "compose", ExportStyle::kDropUnneeded),
                 "    cap_drop: [\"NET_RAW\"]\n    command:"));
}

TEST_CASE("drop-unneeded in a pod adds what only one of its runtimes grants") {
  const std::string text = text_of(plain_profile({Capability::kChown, Capability::kSysChroot}),
                                   "kubernetes", ExportStyle::kDropUnneeded);
  CHECK(contains(text, "add: [\"SYS_CHROOT\"]\n"));
  CHECK_FALSE(contains(text, "\"CHOWN\""));
}

TEST_CASE("drop-unneeded is refused where there is no default set to drop from") {
  for (const char* const format : {"systemd", "oci", "label", "json", "intoto"}) {
    CAPTURE(format);
    CHECK(code_of([format] { exported(sample_profile(), format, ExportStyle::kDropUnneeded); }) ==
          ExitCode::kUsage);
  }
}

TEST_CASE("a condition holds everywhere but on Docker, which says why it is left out") {
  const Profile profile = sample_profile();
  for (const char* const format : {"docker-args", "compose"}) {
    const Exported result = exported(profile, format);
    CHECK_FALSE(contains(result.text, "add NET_BIND_SERVICE"));
    CHECK(mentions(result.notes, "NET_BIND_SERVICE is needed only where ports below 1024"));
    CHECK(mentions(result.notes, "left out"));
  }
  for (const char* const format :
       {"podman-args", "kubernetes", "quadlet", "systemd", "oci", "label", "ecs"}) {
    CAPTURE(format);
    const Exported result = exported(profile, format);
    CHECK(contains(result.text, "NET_BIND_SERVICE"));
    CHECK(mentions(result.notes, "leave it out where that is not so"));
  }
}

TEST_CASE("a condition that nobody knows is taken to hold on Docker, too") {
  Profile profile = sample_profile();
  profile.conditional = {{Capability::kNetRaw, "something else"}};
  CHECK(contains(text_of(profile, "docker-args"), "--cap-add NET_RAW"));
}

TEST_CASE("ping needs NET_RAW on podman and not on Docker") {
  Profile profile = sample_profile();
  profile.conditional = {
      {Capability::kNetRaw, "net.ipv4.ping_group_range without the container's group"}};
  CHECK_FALSE(contains(text_of(profile, "docker-args"), "NET_RAW"));
  CHECK(contains(text_of(profile, "podman-args"), "NET_RAW"));
  CHECK(mentions(exported(profile, "kubernetes").warnings, "refuses NET_RAW"));
}

TEST_CASE("an incomplete proof is the first and loudest warning of every format") {
  Profile profile = sample_profile();
  profile.guarantee = std::nullopt;
  for (const Target& each : targets()) {
    CAPTURE(each.format);
    const Exported result = exported(profile, each.format);
    REQUIRE_FALSE(result.warnings.empty());
    CHECK(result.warnings.front().starts_with("INCOMPLETE PROOF: "));
    if (each.comments) CHECK(contains(result.text, "# warning: INCOMPLETE PROOF: "));
  }
  CHECK(contains(text_of(profile, "intoto"), "\"result\": \"WARNED\""));
}

TEST_CASE("every warning and note stands in the comments, word for word") {
  Profile profile = sample_profile();
  profile.image.user = "1000";
  for (const Target& each : targets()) {
    if (!each.comments) continue;
    const Exported result = exported(profile, each.format);
    std::string unwrapped = result.text;
    for (std::size_t at = 0; (at = unwrapped.find("\n#   ", at)) != std::string::npos;) {
      unwrapped.replace(at, 5, " ");
    }
    for (const std::string& warning : result.warnings) {
      CHECK(contains(unwrapped, "# warning: " + warning));
    }
    for (const std::string& note : result.notes) {
      CHECK(contains(unwrapped, "# note: " + note));
    }
  }
}

TEST_CASE("a user other than root holds nothing with Docker and everything with podman") {
  Profile profile = plain_profile({Capability::kChown});
  profile.image.user = "1000";
  for (const char* const format : {"docker-args", "compose", "kubernetes", "ecs", "nomad"}) {
    CAPTURE(format);
    CHECK(mentions(exported(profile, format).warnings, "user 1000 does not hold what is added"));
  }
  for (const char* const format : {"podman-args", "quadlet"}) {
    CHECK_FALSE(mentions(exported(profile, format).warnings, "does not hold"));
  }
  profile.add = {};
  CHECK_FALSE(mentions(exported(profile, "docker-args").warnings, "does not hold"));
}

TEST_CASE("a runtime's configuration gives other users what the proving engine gave them") {
  Profile profile = plain_profile({Capability::kChown});
  CHECK(contains(text_of(profile, "oci"), "\"inheritable\": [],"));
  profile.image.user = "1000";
  CHECK(contains(text_of(profile, "oci"), "\"effective\": [],"));
  CHECK(mentions(exported(profile, "oci").warnings, "in the bounding set only"));
  profile.environment.engine = Dialect::kPodman;
  CHECK(contains(text_of(profile, "oci"), "\"ambient\": [\n        \"CAP_CHOWN\"\n"));
  CHECK_FALSE(mentions(exported(profile, "oci").warnings, "in the bounding set only"));
}

TEST_CASE("a set found under Docker's open ports is doubtful elsewhere") {
  Profile profile = plain_profile({Capability::kChown});
  profile.environment.ports = Ports::kEngine;
  CHECK(mentions(exported(profile, "kubernetes").warnings, "may lack NET_BIND_SERVICE NET_RAW"));
  CHECK_FALSE(mentions(exported(profile, "compose").warnings, "may lack"));
  profile.environment.network = "host";
  CHECK_FALSE(mentions(exported(profile, "kubernetes").warnings, "may lack"));
}

TEST_CASE("a pod's level of Pod Security is told") {
  const auto warnings = [](CapabilitySet set) {
    return exported(plain_profile(set), "kubernetes").warnings;
  };
  using enum Capability;
  CHECK(mentions(warnings({kNetAdmin}), "\"baseline\" refuses NET_ADMIN"));
  CHECK(mentions(warnings({kChown}), "fits Pod Security \"baseline\" but not \"restricted\""));
  CHECK(mentions(warnings({}), "a user other than root"));
  Profile profile = plain_profile({kNetBindService});
  profile.image.user = "101";
  profile.environment.options = {"--security-opt no-new-privileges:true"};
  CHECK_FALSE(mentions(exported(profile, "kubernetes").warnings, "restricted"));
}

TEST_CASE("privilege escalation is forbidden only where the set was proven that way") {
  Profile profile = plain_profile({Capability::kChown});
  CHECK_FALSE(contains(text_of(profile, "kubernetes"), "\n        allowPrivilegeEscalation"));
  CHECK(contains(text_of(profile, "kubernetes"),
                 "# note: allowPrivilegeEscalation: false is left out"));
  CHECK_FALSE(contains(text_of(profile, "systemd"), "NoNewPrivileges"));
  profile.environment.options = {"--security-opt no-new-privileges"};
  CHECK(contains(text_of(profile, "kubernetes"), "\n        allowPrivilegeEscalation: false\n"));
  CHECK(contains(text_of(profile, "systemd"), "\nNoNewPrivileges=yes\n"));
  CHECK(contains(text_of(profile, "oci"), "\"noNewPrivileges\": true"));
  profile.add = {Capability::kSysAdmin};
  CHECK_FALSE(contains(text_of(profile, "kubernetes"), "\n        allowPrivilegeEscalation"));
}

TEST_CASE("Fargate adds SYS_PTRACE only") {
  using enum Capability;
  CHECK_FALSE(mentions(exported(plain_profile({kSysPtrace}), "ecs").warnings, "Fargate"));
  CHECK(mentions(exported(plain_profile({kChown}), "ecs").warnings, "Fargate refuses this"));
  CHECK_FALSE(mentions(
      exported(plain_profile({kChown}), "ecs", ExportStyle::kDropUnneeded).warnings, "Fargate"));
  CHECK(mentions(exported(plain_profile({kBpf}), "ecs").warnings, "does not know BPF"));
}

TEST_CASE("what a platform does not grant is told") {
  using enum Capability;
  CHECK(mentions(exported(plain_profile({kNetRaw}), "label").warnings, "NET_RAW to no label"));
  CHECK_FALSE(mentions(exported(plain_profile({kChown}), "label").warnings, "to no label"));
  CHECK(mentions(exported(plain_profile({kNetRaw}), "nomad").warnings, "Nomad refuses NET_RAW"));
  CHECK(mentions(exported(plain_profile({kPerfmon}), "docker-args").warnings, "refuses PERFMON"));
}

TEST_CASE("a profile without a digest and an id makes no statement") {
  Profile profile = sample_profile();
  profile.image.digest.clear();
  CHECK(contains(text_of(profile, "intoto"), profile.image.id.substr(7)));
  profile.image.id = "sha256:1234";
  CHECK(code_of([&profile] { exported(profile, "intoto"); }) == ExitCode::kUsage);
}

TEST_CASE("a statement tells what was tested, and passes only without warnings") {
  Profile profile = plain_profile({});
  const std::string text = text_of(profile, "intoto");
  CHECK(contains(text, "\"result\": \"PASSED\""));
  CHECK(contains(text, "\"passes with CHOWN DAC_OVERRIDE SETGID SETUID\""));
  CHECK(contains(text, "\"fails without SETUID\""));
}

TEST_CASE("a service is called as its image, in letters that every platform takes") {
  CHECK(resource_name("registry:5000/Team/My_App:1.2@sha256:ab") == "my-app");
  CHECK(resource_name("nginx") == "nginx");
  CHECK(resource_name("") == "app");
  CHECK(resource_name("$(id)") == "id");
  CHECK(resource_name("\xe2\x80\xae") == "app");
  CHECK(resource_name(std::string(500, 'x')).size() == 63);
}

}  // namespace
}  // namespace capmin
