#include "profile/run_arguments.h"

#include "expect_error.h"
#include "options/run_options.h"
#include "profile/profile_yaml.h"
#include "profile_sample.h"
#include "run/run_subject.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Arguments = std::vector<std::string>;

/// What is settled before the first trial, on an engine like docker.
RunPlan plan_of(const RunOptions& options) {
  RunPlan plan;
  plan.engine.network = "bridge";
  plan.setup.scenario = options.scenario;
  plan.search.policy.ceiling = (docker_default_set() | options.allow) - options.deny;
  return plan;
}

/// The profile that a run with these options would write, read back from its file.
Profile written(const RunOptions& options) {
  return profile_from_yaml(to_yaml(subject_profile(options, plan_of(options))), "p.yaml");
}

/// Everything that decides on a trial and on its judgement.
void check_same(const RunOptions& a, const RunOptions& b) {
  CHECK(a.image == b.image);
  CHECK(a.probe == b.probe);
  CHECK(a.probe_as_written == b.probe_as_written);
  CHECK(a.reset_as_written == b.reset_as_written);
  CHECK(a.spec == b.spec);
  CHECK(a.user == b.user);
  CHECK(a.platform == b.platform);
  CHECK(a.allow == b.allow);
  CHECK(a.deny == b.deny);
  CHECK(a.timeout == b.timeout);
  CHECK(a.scenario == b.scenario);
  CHECK(a.strict == b.strict);
  CHECK(a.confirm == b.confirm);
  CHECK(a.level == b.level);
}

void check_round_trip(const Arguments& arguments) {
  CAPTURE(arguments);
  const RunOptions options = parse_run_options(arguments);
  const Profile profile = written(options);
  CHECK(profile.environment.altered.empty());
  check_same(parse_run_options(run_arguments(profile)), options);
}

Arguments with_probe(const Arguments& more) {
  Arguments arguments{"image:1", "--probe", "./health.sh"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_CASE("each option of a run is read back from its profile") {
  const std::vector<Arguments> options{
      {},
      {"--env", "NAME"},
      {"--env-file", "some file.env"},
      {"--volume", "data:/data"},
      {"--volume", "/srv/a b:/data:ro,z"},
      {"--volume", "/data"},
      {"--keep-volumes", "--volume", "data:/data"},
      {"--publish", "127.0.0.1:8080:80"},
      {"--network", "none"},
      {"--network", "host"},
      {"--network", "own"},
      {"--user", "1000:1000"},
      {"--entrypoint", ""},
      {"--entrypoint", "/bin/sh"},
      {"--sysctl", "net.core.somaxconn=10"},
      {"--tmpfs", "/tmp:size=1m,mode=1777"},
      {"--workdir", "/a b"},
      {"--read-only"},
      {"--ulimit", "nofile=1:2"},
      {"--memory", "64m"},
      {"--pids-limit", "10"},
      {"--security-opt", "no-new-privileges"},
      {"--platform", "linux/amd64"},
      {"--hostname", "-x"},
      {"--add-host", "a:127.0.0.1"},
      {"--shm-size", "1m"},
      {"--device", "/dev/null"},
      {"--engine-arg", "--init"},
      {"--engine-arg=--annotation=a=b c --user 0"},
      {"--engine-arg", "-t"},
      {"--allow", "NET_ADMIN,SYSLOG", "--deny", "NET_RAW,MKNOD"},
      {"--ports", "engine"},
      {"--reset", "night/empty db.sh"},
      {"--timeout", "1500ms"},
      {"--timeout", "2m"},
      {"--settle", "2s"},
      {"--restart", "--graceful-stop", "--settle", "250ms"},
      {"--strict", "--confirm", "10"},
      {"--unique"},
      {"--least-risk"},
      {"--all-minimal"},
      {"--", "sh", "-c", "echo \"a\" 'b' $c", "--", "", "--probe", "-x"}};
  for (const Arguments& option : options) {
    check_round_trip(with_probe(option));
  }
}

TEST_CASE("each kind of probe is read back from its profile") {
  check_round_trip({"image", "--probe", "/a b/-x.sh"});
  check_round_trip({"image", "--probe=--odd.sh"});
  check_round_trip({"image", "--probe", "health.sh", "--oneshot", "--restart"});
  check_round_trip({"image", "--probe-exec", "health.sh"});
  check_round_trip({"image", "--probe", "healthcheck", "--graceful-stop"});
  check_round_trip({"image", "--probe", "health.sh", "--probe-after-stop"});
  check_round_trip({"registry:5000/image@sha256:ab", "--probe", "exit"});
}

TEST_CASE("of variables only the names are read back") {
  const Profile profile =
      written(parse_run_options(with_probe({"-e", "TOKEN=secret", "-e", "E="})));
  CHECK(to_yaml(profile).find("secret") == std::string::npos);
  CHECK(parse_run_options(run_arguments(profile)).spec.options ==
        std::vector<EngineOption>{{"--env", "TOKEN"}, {"--env", "E"}});
}

TEST_CASE("the order of options is kept") {
  check_round_trip(with_probe({"-e", "B", "--memory", "1m", "-e", "A", "--engine-arg", "--init"}));
}

TEST_CASE("what had to be cleaned is told by its name") {
  const auto altered = [](const Arguments& more) {
    return written(parse_run_options(with_probe(more))).environment.altered;
  };
  CHECK(altered({"--hostname", "a\x1b[1mb"}) == Arguments{"--hostname"});
  CHECK(altered({"--volume", "/a\nb:/c"}) == Arguments{"--volume"});
  CHECK(altered({"--engine-arg=--a=\x1b[1mb"}) == Arguments{"--engine-arg"});
  CHECK(altered({"--network", "a\tb"}) == Arguments{"--network"});
  CHECK(altered({"--", "sh", "-c", "a\nb", "c\nd"}) == Arguments{"command"});
  CHECK(altered({"--", "sh", "-c", std::string(4000, 'x')}).empty());
  CHECK(written(parse_run_options({"i", "--probe", "a\nb"})).environment.altered ==
        Arguments{"probe"});
}

TEST_CASE("a profile that does not tell how trials were judged has the defaults") {
  Profile profile = written(parse_run_options(with_probe({})));
  profile.judgement.reset();
  profile.add = {Capability::kNetAdmin};
  const RunOptions options = parse_run_options(run_arguments(profile));
  CHECK(options.allow == CapabilitySet{Capability::kNetAdmin});
  CHECK(options.deny.empty());
  CHECK(options.confirm == 1);
}

TEST_CASE("a profile cannot smuggle other options in") {
  const auto code = [](const std::string& option) {
    Profile profile = written(parse_run_options(with_probe({})));
    profile.environment.options = {option};
    return code_of([&profile] { parse_run_options(run_arguments(profile)); });
  };
  CHECK(code("--memory 1m") == ExitCode::kDone);
  CHECK(code("--allow SYS_ADMIN") == ExitCode::kUsage);
  CHECK(code("--output /etc/passwd") == ExitCode::kUsage);
  CHECK(code("--privileged") == ExitCode::kUsage);
  CHECK(code("--cap-add=ALL") == ExitCode::kUsage);
  CHECK(code("--pid=host") == ExitCode::kUsage);
  CHECK(code("--env=A=secret") == ExitCode::kUsage);
  CHECK(code("-v /:/host") == ExitCode::kUsage);
  CHECK(code("x") == ExitCode::kUsage);
  Profile profile = written(parse_run_options(with_probe({})));
  profile.image.reference = "--output=x";
  CHECK(code_of([&profile] { run_arguments(profile); }) == ExitCode::kUsage);
}

}  // namespace
}  // namespace capmin
