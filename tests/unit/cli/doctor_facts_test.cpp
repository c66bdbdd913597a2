#include "cli/commands.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

DoctorFindings docker() {
  DoctorFindings findings;
  findings.engine = EngineFacts{.dialect = Dialect::kDocker,
                                .version = "20.10.24",
                                .client_version = "20.10.24",
                                .runtime = "runc 1.1.5",
                                .kernel = "6.1.0",
                                .platform = "linux/amd64",
                                .seccomp = "default",
                                .rootless = false,
                                .cgroups = 1,
                                .network = "bridge"};
  findings.other = "podman";
  findings.kernel = {Capability::kChown, Capability::kBpf};
  findings.host = findings.kernel;
  findings.accepted = CapabilitySet{Capability::kChown};
  findings.image = "app:1";
  InsideView view;
  view.ping_last = 2147483647;
  findings.engine_look.view = view;
  view.unprivileged_port_start = 1024;
  view.ping_first = 1;
  view.ping_last = 0;
  findings.portable_look.view = view;
  findings.temporary = "/tmp";
  findings.temporary_writable = true;
  return findings;
}

DoctorFact fact(const DoctorFindings& findings, const std::string& name) {
  const std::vector<DoctorFact> facts = doctor_facts(findings);
  const auto found = std::ranges::find(facts, name, &DoctorFact::name);
  REQUIRE(found != facts.end());
  return *found;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the doctor says why strace cannot be used, and what to do") {
  DoctorFindings findings = docker();
  CHECK(fact(findings, "strace evidence").text == "yes");
  findings.strace_evidence = {"strace cannot be run", "install it"};
  CHECK(fact(findings, "strace evidence").text == "no: strace cannot be run");
  CHECK(has(fact(findings, "strace evidence").then, "install it"));
}

TEST_CASE("the doctor says which way calls go, and why the client makes them all") {
  DoctorFindings findings = docker();
  findings.route = {.socket = "unix:///run/docker.sock", .reason = {}};
  CHECK(fact(findings, "calls").text == "over unix:///run/docker.sock");
  findings.route = {.socket = {}, .reason = "another engine answers there"};
  CHECK(fact(findings, "calls").text == "by the client: another engine answers there");
}

TEST_CASE("every fact of the doctor says what follows from it, in a column that it fits") {
  for (const DoctorFact& each : doctor_facts(docker())) {
    CAPTURE(each.name);
    CHECK_FALSE(each.then.empty());
    CHECK(each.name.size() < 24);
  }
}

TEST_CASE("the doctor names what the engine refuses of what the host has") {
  CHECK(fact(docker(), "refused by the engine").text == "BPF");
  CHECK(has(fact(docker(), "kernel's capabilities").text, "the last is BPF"));
}

TEST_CASE("open ports and ping groups make the portable settings worth it") {
  CHECK(fact(docker(), "privileged ports").text == "none");
  CHECK(has(fact(docker(), "ping groups").text, "0 to 2147483647"));
  CHECK(fact(docker(), "settings").text == "yes");
}

TEST_CASE("settings that the engine refuses lead to --ports engine, with the reason") {
  DoctorFindings findings = docker();
  findings.portable_look = {.view = {}, .reason = "sysctl not allowed", .engine_failed = true};
  CHECK(fact(findings, "settings").text == "no");
  CHECK(has(fact(findings, "settings").then, "--ports engine (sysctl not allowed)"));
}

TEST_CASE("another machine's host is not judged by this one's") {
  DoctorFindings findings = docker();
  findings.is_local = false;
  CHECK(fact(findings, "missing on the host").text == "not known");
}

TEST_CASE("only podman with old control groups does not tell of a kill for memory") {
  DoctorFindings findings = docker();
  CHECK_FALSE(has(fact(findings, "cgroups").then, "137"));
  findings.engine->dialect = Dialect::kPodman;
  CHECK(has(fact(findings, "cgroups").then, "137"));
  findings.engine->cgroups = 2;
  CHECK_FALSE(has(fact(findings, "cgroups").then, "137"));
}

TEST_CASE("hostile words of an engine stay on one line") {
  DoctorFindings findings = docker();
  findings.engine_look = {.view = {}, .reason = "x\n::error::y\x1b[31m", .engine_failed = true};
  const std::string text = doctor_text(doctor_facts(findings));
  CHECK_FALSE(has(text, "\n::"));
  CHECK_FALSE(has(text, "\x1b"));
}

}  // namespace
}  // namespace capmin
