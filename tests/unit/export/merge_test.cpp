#include "expect_error.h"
#include "export/export.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace capmin {
namespace {

Profile small_profile() {
  Profile profile = sample_profile();
  profile.add = {Capability::kChown};
  profile.warnings.clear();
  return profile;
}

Exported merged(const std::string& format, const std::string& text, const std::string& name = {},
                const Profile& profile = small_profile()) {
  return merge_profile(profile, *target_named(format), {ExportStyle::kDropAll, name, {}},
                       {text, "f"});
}

std::string refusal(const std::string& format, const std::string& text,
                    const std::string& name = {}) {
  const auto error = error_of([&] { merged(format, text, name); });
  REQUIRE_MESSAGE(error.has_value(), text);
  CHECK(error->code() == ExitCode::kUsage);
  return std::string(error->what()) + " | " + error->hint();
}

bool mentions(const std::vector<std::string>& lines, std::string_view part) {
  return std::ranges::any_of(
      lines, [part](const std::string& line) { return line.find(part) != std::string::npos; });
}

constexpr const char* kOurs = "  # capmin 1.0.0: nginx:1.27 sha256:39286ab8a5e1, unique\n";

TEST_CASE("the only service gets the set behind its image") {
  CHECK(merged("compose", "services:\n  web:\n    image: nginx:1.27 # x\n    ports: [80]\n").text ==
        std::string("services:\n  web:\n    image: nginx:1.27 # x\n    cap_drop: [\"ALL\"]\n"
                    "    cap_add: [\"CHOWN\"]") +
            kOurs + "    ports: [80]\n");
}

TEST_CASE("a set that stands there already changes nothing") {
  const std::string once = merged("compose", "services:\n  web:\n    image: nginx:1.27\n").text;
  CHECK(merged("compose", once).text == once);
  const std::string by_hand =
      "services:\n  web:\n    cap_add:\n      - CHOWN # mine\n    cap_drop:\n    - ALL\n";
  CHECK(merged("compose", by_hand).text == by_hand);
}

TEST_CASE("a service is chosen by name, and must be where there are several") {
  const std::string two = "services:\n  web:\n    image: a\n  db:\n    image: b\n";
  const std::string text = merged("compose", two, "db").text;
  CHECK(text.starts_with("services:\n  web:\n    image: a\n  db:\n    image: b\n    cap_drop"));
  CHECK(refusal("compose", two).find("choose with --service one of web, db") != std::string::npos);
  CHECK(refusal("compose", two, "dbx").find("the services are web, db") != std::string::npos);
}

TEST_CASE("without a name the only service of the profile's image is taken, and named") {
  const Exported both =
      merged("compose", "services:\n  db:\n    image: b\n  web:\n    image: nginx:1.27\n");
  CHECK(both.text.find("image: nginx:1.27\n    cap_drop") != std::string::npos);
  CHECK(mentions(both.notes, "the service web, the only one of the image nginx:1.27"));
  CHECK(refusal("compose", "services:\n  a:\n    image: nginx:1.27\n  b:\n    image: nginx:1.27\n")
            .find("choose with --service") != std::string::npos);
}

TEST_CASE("one of the two lists comes beside the other one") {
  const std::string head = "services:\n  web:\n    image: nginx:1.27\n    tty: true\n";
  const std::string drop = "    cap_drop: [\"ALL\"]\n";
  const std::string add = "    cap_add: [\"CHOWN\"]";
  CHECK(merged("compose", head + "    cap_add: [SYS_TIME]\n    ports: [80]\n").text ==
        head + add + kOurs + drop + "    ports: [80]\n");
  CHECK(merged("compose", head + "    cap_drop: [KILL]\n    ports: [80]\n").text ==
        head + drop + add + kOurs + "    ports: [80]\n");
  CHECK(merged("compose", "services:\n  web:\n    image: nginx:1.27").text ==
        "services:\n  web:\n    image: nginx:1.27\n" + drop + add + kOurs);
}

TEST_CASE("a list behind !override keeps that, so that it still replaces the base file's") {
  const std::string head = "services:\n  web:\n    image: nginx:1.27\n";
  const Exported kept = merged("compose", head +
                                              "    cap_drop: !override [KILL]\n"
                                              "    cap_add: !override\n      - SYS_TIME\n");
  CHECK(kept.text == head +
                         "    cap_drop: !override [\"ALL\"]\n    cap_add: !override "
                         "[\"CHOWN\"]" +
                         kOurs);
  CHECK_FALSE(mentions(kept.warnings, "several -f files"));
  for (const char* const way : {"services: !override\n  web:\n", "services:\n  web: !override\n"}) {
    CAPTURE(way);
    const std::string file = std::string(way) + "    image: nginx:1.27\n";
    CHECK(merged("compose", file).text.starts_with(file + "    cap_drop: [\"ALL\"]"));
  }
}

TEST_CASE(
    "a list behind !reset counts for nothing: a set there is refused, an empty one is there") {
  const std::string head = "services:\n  web:\n    image: nginx:1.27\n";
  for (const char* const value : {"null", "[CHOWN]", "", "[]"}) {
    CAPTURE(value);
    const std::string file = head + "    cap_add: !reset " + value + "\n";
    CHECK(refusal("compose", file).find("f:4:14: !reset takes cap_add away") == 0);
    Profile needs_none = small_profile();
    needs_none.add = {};
    CHECK(merged("compose", file, {}, needs_none).text.find(file.substr(head.size())) !=
          std::string::npos);
  }
  CHECK(refusal("compose", "services:\n  web: !reset\n    image: nginx:1.27\n")
            .starts_with("f:2:8: the tag !reset"));
  // What is taken away does not speak against the set either.
  CHECK_FALSE(
      mentions(merged("compose", head + "    privileged: !reset true\n").warnings, "privileged"));
}

TEST_CASE("in the host's network Docker's open ports do not count") {
  const std::string file = "services:\n  web:\n    image: nginx:1.27\n    network_mode: host\n";
  CHECK(merged("compose", file).text.find("[\"CHOWN\", \"NET_BIND_SERVICE\"]") !=
        std::string::npos);
}

TEST_CASE("an empty set leaves no word of an older one, nor of a merge key") {
  Profile profile = small_profile();
  profile.add = {};
  const std::string old = "services:\n  web:\n    image: nginx:1.27\n    cap_add: [SYS_ADMIN]\n";
  CHECK(merged("compose", old, {}, profile).text.find("cap_add") == std::string::npos);
  const std::string inherited =
      "x: &x\n  cap_add: [SYS_ADMIN]\nservices:\n  web:\n    <<: *x\n    image: nginx:1.27\n";
  CHECK(merged("compose", inherited, {}, profile).text.find("    cap_add: []") !=
        std::string::npos);
}

TEST_CASE("what speaks against the set in its place is a warning") {
  const auto warnings = [](const std::string& line) {
    return merged("compose", "services:\n  web:\n    image: nginx:1.27\n    " + line + "\n")
        .warnings;
  };
  CHECK(warnings("tty: true").size() == 1);
  CHECK(mentions(warnings("tty: true"), "several -f files"));
  CHECK(mentions(warnings("privileged: true"), "privileged"));
  CHECK(mentions(warnings("extends: {file: a}"), "extends"));
  CHECK(mentions(warnings("user: '1000'"), "runs as user 1000"));
  CHECK(mentions(merged("compose", "services:\n  web:\n    image: other\n").warnings,
                 "the image here is other"));
}

TEST_CASE("a Compose file without the place is refused with its line") {
  CHECK(refusal("compose", "a: 1\n").starts_with("f:1:1: there is no key \"services\""));
  CHECK(refusal("compose", "services: {}\n").starts_with("f:1:11: there is no service"));
  CHECK(refusal("compose", "services:\n  web: {image: a}\n").starts_with("f:2:8: this map"));
  CHECK(refusal("compose", "services:\n  web:\n  x: 1\n", "web").find("this is no map") !=
        std::string::npos);
  CHECK(refusal("compose", "").find("0 documents") != std::string::npos);
  CHECK(refusal("compose", "a: 1\n---\nb: 1\n").find("2 documents") != std::string::npos);
}

std::string pod_spec(const std::string& indent, const std::string& container) {
  return indent + "containers:\n" + indent + "- name: web\n" + indent + "  image: nginx:1.27\n" +
         container;
}

std::string capabilities(const std::string& indent) {
  return indent + "  capabilities:\n" + indent + "    drop: [\"ALL\"]\n" + indent +
         "    add: [\"CHOWN\", \"NET_BIND_SERVICE\"]\n";
}

TEST_CASE("every kind of workload takes the set in its container") {
  for (const auto& row : std::vector<std::pair<std::string, std::string>>{
           {"Pod", "spec:\n"},
           {"Deployment", "spec:\n template:\n  spec:\n"},
           {"StatefulSet", "spec:\n template:\n  spec:\n"},
           {"DaemonSet", "spec:\n template:\n  spec:\n"},
           {"Job", "spec:\n template:\n  spec:\n"},
           {"CronJob", "spec:\n jobTemplate:\n  spec:\n   template:\n    spec:\n"}}) {
    CAPTURE(row.first);
    std::string head = "kind: Service\n---\nkind: ";
    head.append(row.first).append("\n").append(row.second);
    const auto file_with = [&head](const std::string& container) {
      return std::string(head).append(pod_spec("     ", container)).append("---\nkind: Secret\n");
    };
    const std::string set = "       securityContext:" + (kOurs + capabilities("       "));
    CHECK(merged("kubernetes", file_with("     # end\n")).text == file_with(set + "     # end\n"));
  }
}

TEST_CASE("a security context keeps its other entries") {
  const std::string head = "kind: Pod\nspec:\n  containers:\n  - image: nginx:1.27\n";
  const std::string context = "    securityContext: # c\n      runAsUser: 0\n";
  const std::string text =
      merged("kubernetes", head + context + "      capabilities: {add: [SYS_TIME]} # why\n").text;
  CHECK(text == head + context +
                    "      capabilities:  # why\n        drop: [\"ALL\"]\n        add: "
                    "[\"CHOWN\", \"NET_BIND_SERVICE\"]\n");
  for (const char* const empty : {"    securityContext:\n", "    securityContext: {}\n"}) {
    CHECK(merged("kubernetes", head + empty).text ==
          head + "    securityContext:" + kOurs + capabilities("    "));
  }
}

TEST_CASE("privilege escalation is forbidden in a container only where it was proven") {
  Profile profile = small_profile();
  profile.environment.options = {"--security-opt no-new-privileges"};
  const std::string head = "kind: Pod\nspec:\n  containers:\n  - image: nginx:1.27\n";
  const std::string line = "      allowPrivilegeEscalation: false\n";
  CHECK(merged("kubernetes", head, {}, profile).text.find(line) != std::string::npos);
  for (const char* const old : {"    securityContext:\n      runAsUser: 0\n",
                                "    securityContext:\n      capabilities: {}\n"}) {
    CHECK(merged("kubernetes", head + old, {}, profile).text.ends_with(line));
  }
  const std::string said = "    securityContext:\n      allowPrivilegeEscalation: false\n";
  CHECK(mentions(merged("kubernetes", head + said).warnings, "was not proven that way"));
}

TEST_CASE("a container is chosen by name, among all documents") {
  const std::string file =
      "kind: Pod\nspec:\n  containers:\n  - name: a\n    image: x\n  "
      "initContainers:\n  - name: b\n    image: x\n---\nkind: Pod\nspec:\n  "
      "containers:\n  - name: c\n    image: x\n";
  CHECK(refusal("kubernetes", file).find("f:13:5: there are several containers") == 0);
  CHECK(refusal("kubernetes", file, "d").find("one of a, b, c") != std::string::npos);
  CHECK(merged("kubernetes", file, "b").text.find("  - name: b\n    image: x\n    securityC") !=
        std::string::npos);
  CHECK(refusal("kubernetes", "kind: Service\n").find("there is no container") !=
        std::string::npos);
}

/// A Deployment or another workload `name` with one container "server".
std::string workload(const std::string& kind, const std::string& name, const std::string& image) {
  return "kind: " + kind + "\nmetadata:\n  name: " + name +
         "\nspec:\n  template:\n    spec:\n      containers:\n      - name: server\n"
         "        image: " +
         image + "\n";
}

TEST_CASE("containers of one name are told apart by their workloads, or by the image") {
  const std::string file = workload("Deployment", "web", "a") + "---\n" +
                           workload("Deployment", "api", "b") + "---\n" +
                           workload("DaemonSet", "api", "c");
  const std::string several = refusal("kubernetes", file, "server");
  CHECK(several.find("there are several containers server") != std::string::npos);
  CHECK(several.find("one of Deployment/web/server, Deployment/api/server, "
                     "DaemonSet/api/server") != std::string::npos);
  for (const auto& [name, image] :
       std::vector<std::pair<std::string, std::string>>{{"Deployment/web/server", "a"},
                                                        {"web/server", "a"},
                                                        {"Deployment/api/server", "b"},
                                                        {"DaemonSet/api/server", "c"}}) {
    CAPTURE(name);
    CHECK(merged("kubernetes", file, name).text.find("image: " + image + "\n        security") !=
          std::string::npos);
  }
  CHECK(refusal("kubernetes", file, "api/server").find("several") != std::string::npos);
  CHECK(refusal("kubernetes", file, "Deployment/server").find("no container") != std::string::npos);
  const std::string ours = file + "---\n" + workload("Job", "once", "nginx:1.27");
  for (const char* const name : {"", "server"}) {
    const Exported chosen = merged("kubernetes", ours, name);
    CHECK(chosen.text.find("image: nginx:1.27\n        security") != std::string::npos);
    CHECK(mentions(chosen.notes, "the container Job/once/server, the only one of the image"));
  }
}

TEST_CASE("workloads of one name are told apart by their namespaces") {
  const auto in = [](const std::string& space, const std::string& image) {
    std::string text = workload("Deployment", "web", image);
    return text.insert(text.find("spec:"), "  namespace: " + space + "\n");
  };
  const std::string file = in("prod", "a") + "---\n" + in("test", "b");
  CHECK(refusal("kubernetes", file, "server").find("prod/Deployment/web/server") !=
        std::string::npos);
  CHECK(merged("kubernetes", file, "test/Deployment/web/server")
            .text.find("image: b\n        security") != std::string::npos);
}

TEST_CASE("the workloads of a list take the set, too") {
  const std::string pod =
      "metadata:\n    name: p\n  spec:\n    containers:\n    - name: web\n"
      "      image: nginx:1.27\n";
  const std::string set = "      securityContext:";
  for (const std::string& file :
       {"kind: List\nitems:\n- kind: Service\n- kind: Pod\n  " + pod,
        "kind: PodList\nitems:\n- " + pod,
        "kind: List\nitems:\n- kind: List\n  items: []\n- kind: Pod\n  " + pod}) {
    CHECK(merged("kubernetes", file, "Pod/p/web").text.starts_with(file + set));
  }
}

TEST_CASE("a tag on the way to a container is refused with its line") {
  const std::string head = "kind: Pod\nspec:\n  containers:\n  - image: nginx:1.27\n";
  CHECK(refusal("kubernetes", head + "    securityContext: !mine\n      runAsUser: 0\n")
            .starts_with("f:5:22: the tag !mine"));
  CHECK(refusal("kubernetes",
                head + "    securityContext:\n      capabilities: {add: [!mine KILL]}\n")
            .starts_with("f:6:"));
  CHECK(refusal("kubernetes", "kind: Pod\nspec: !mine\n  containers:\n  - image: nginx:1.27\n")
            .starts_with("f:2:7: the tag !mine"));
  CHECK(refusal("kubernetes", "kind: Pod\nspec:\n  containers:\n  - !mine\n    image: x\n")
            .starts_with("f:4:5: the tag !mine"));
}

TEST_CASE("a manifest in JSON is refused, not rewritten") {
  CHECK(refusal("kubernetes",
                R"({"kind": "Pod", "spec": {"containers": [{"name": "a", "image": "x"}]}})")
            .find("braces") != std::string::npos);
}

}  // namespace
}  // namespace capmin
