#include "batch/batch_file.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace capmin {
namespace {

std::string file(const std::string& jobs, const std::string& defaults = "{}") {
  return "apiVersion: capmin/v1\nkind: Batch\ndefaults: " + defaults + "\njobs:\n" + jobs;
}

std::vector<BatchJob> read(const std::string& text) {
  return read_batch(text, "batch.yaml");
}

BatchJob one(const std::string& keys, const std::string& defaults = "{}") {
  return read(file("  - {name: web, profile: web.yaml, " + keys + "}\n", defaults)).front();
}

RunOptions search_of(const std::string& keys, const std::string& defaults = "{}") {
  const std::string common = "image: \"web:1\", mode: minimize, probe: ./web.sh";
  return std::get<RunOptions>(one(common + (keys.empty() ? "" : ", ") + keys, defaults).options);
}

/// What is said of a file that is refused.
std::string refusal(const std::string& text) {
  const auto error = error_of([&text] { read(text); });
  if (!error) return "it is read";
  CHECK(error->code() == ExitCode::kUsage);
  return error->what();
}

std::string refusal_of(const std::string& keys, const std::string& defaults = "{}") {
  return refusal(file("  - {name: web, profile: web.yaml, " + keys + "}\n", defaults));
}

const std::string kSearch = "image: \"web:1\", mode: minimize, probe: ./web.sh";

TEST_CASE("the jobs of a batch are searches and verifications") {
  const auto jobs = read(
      file("  - {name: nginx, image: \"nginx:1.27\", probe: probes/http.sh, profile: p/n.yaml, "
           "mode: verify}\n"
           "  - {name: redis, image: redis:7, probe: probes/redis.sh, profile: p/r.yaml, "
           "mode: minimize}\n",
           "{timeout: 30s, pull: never}"));
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].name == "nginx");
  CHECK(jobs[0].profile == "p/n.yaml");
  CHECK(jobs[0].probe() == "probes/http.sh");
  const auto& verification = std::get<VerifyOptions>(jobs[0].options);
  CHECK(verification.image == "nginx:1.27");
  CHECK(verification.timeout == std::chrono::seconds(30));
  CHECK(verification.pull == Pull::kNever);
  CHECK(jobs[1].probe() == "probes/redis.sh");
  const auto& search = std::get<RunOptions>(jobs[1].options);
  CHECK(search.image == "redis:7");
  CHECK(search.timeout == std::chrono::seconds(30));
  CHECK(search.pull == Pull::kNever);
}

TEST_CASE("the keys of a job are the options of the command line") {
  const RunOptions options = search_of(
      "restart: true, strict: false, confirm: 2, publish: 8080:80, user: 1000, entrypoint: \"\", "
      "env: [A=1, \"B=- c\"], allow: NET_ADMIN, command: [serve, \"--probe\", \"8\"]");
  CHECK(options.scenario.restart);
  CHECK_FALSE(options.strict);
  CHECK(options.confirm == 2);
  CHECK(options.user == "1000");
  CHECK(options.allow == CapabilitySet({Capability::kNetAdmin}));
  CHECK(options.spec.command == std::vector<std::string>{"serve", "--probe", "8"});
  std::vector<std::string> values;
  for (const EngineOption& option : options.spec.options) {
    values.push_back(option.name + ' ' + option.value.value_or("(none)"));
  }
  CHECK(values == std::vector<std::string>{"--publish 8080:80", "--user 1000", "--entrypoint ",
                                           "--env A=1", "--env B=- c"});
}

TEST_CASE("a job's own key takes the place of the default") {
  CHECK(search_of("restart: false", "{restart: true}").scenario.restart == false);
  CHECK(search_of("", "{restart: true}").scenario.restart);
  CHECK(search_of("timeout: 5s", "{timeout: 30s}").timeout == std::chrono::seconds(5));
  CHECK(one("image: a", "{mode: verify}").is_verify());
}

TEST_CASE("defaults of searches do not reach verifications, and the other way round") {
  const BatchJob job = one("mode: verify", "{restart: true, full: true, confirm: 3}");
  CHECK(std::get<VerifyOptions>(job.options).full);
  CHECK(std::get<VerifyOptions>(job.options).confirm == 3);
  CHECK(search_of("", "{restart: true, full: true}").scenario.restart);
}

TEST_CASE("a probe that is no file has no path") {
  CHECK(one("image: a, mode: minimize, probe: healthcheck").probe().empty());
  CHECK(one("image: a, mode: minimize, probe-exec: p.sh").probe() == "p.sh");
  CHECK(one("mode: verify").probe().empty());
}

TEST_CASE("what is not understood is refused with its line and column") {
  CHECK(refusal(file("  - {name: web, profile: w.yaml, mode: verify, porbe: x}\n")) ==
        "batch.yaml:5:48: unknown key \"porbe\"");
  CHECK(refusal_of(kSearch + ", restrat: true").find("unknown key \"restrat\"") !=
        std::string::npos);
  CHECK(refusal_of(kSearch, "{restrat: true}") == "batch.yaml:3:12: unknown key \"restrat\"");
  CHECK(refusal_of(kSearch + ", restart: maybe").find("expected true or false") !=
        std::string::npos);
  CHECK(refusal_of(kSearch + ", timeout: true").find("expected text") != std::string::npos);
  CHECK(refusal_of(kSearch + ", timeout: long").find("batch.yaml:5:5: job web: ") == 0);
  CHECK(refusal_of("image: a, mode: guess").find("unknown word \"guess\"") != std::string::npos);
  CHECK(refusal_of("image: a, probe: x").find("\"mode\" is missing") != std::string::npos);
  CHECK(refusal_of("image: --privileged, probe: x, mode: minimize").find("is no image's name") !=
        std::string::npos);
}

TEST_CASE("what the whole batch decides is no key of a job") {
  for (const char* const key : {"output: x", "format: json", "resume: true", "quiet: true",
                                "rules: x", "help: true", "dry-run: true"}) {
    CAPTURE(key);
    CHECK(refusal_of(kSearch + ", " + key).find("unknown key") != std::string::npos);
    CHECK(refusal_of(kSearch, std::string("{") + key + "}").find("unknown key") !=
          std::string::npos);
  }
}

TEST_CASE("what a profile says is not said again by its verification") {
  CHECK(refusal_of("mode: verify, restart: true").find("is not for mode verify") !=
        std::string::npos);
  CHECK(refusal_of("mode: verify, command: [a]").find("is not for mode verify") !=
        std::string::npos);
}

TEST_CASE("a batch without jobs, with a name twice or with bad names is refused") {
  CHECK(refusal("apiVersion: capmin/v1\nkind: Batch\njobs: []\n") ==
        "batch.yaml:3:7: there are no jobs");
  const std::string job = "{profile: w.yaml, mode: verify, name: ";
  CHECK(refusal(file("  - " + job + "web}\n  - " + job + "web}\n")) ==
        "batch.yaml:6:43: the name web stands twice");
  for (const char* const name : {"../x", "a/b", ".hidden", "-x", "\"a b\"", "\"\"", "summary\\n"}) {
    CAPTURE(name);
    CHECK(refusal(file("  - " + job + name + "}\n")) != "it is read");
  }
  CHECK(refusal("apiVersion: capmin/v2\nkind: Batch\njobs: []\n").find("expected capmin/v1") !=
        std::string::npos);
  CHECK(refusal("apiVersion: capmin/v1\nkind: CapabilityProfile\njobs: []\n")
            .find("expected Batch") != std::string::npos);
}

TEST_CASE("two searches do not write the same profile") {
  const std::string job = "image: a, probe: p.sh, mode: minimize, profile: ";
  CHECK(refusal(file("  - {name: a, " + job + "x/y.yaml}\n  - {name: b, " + job + "./x/y.yaml}\n"))
            .find("another job finds the profile") != std::string::npos);
}

}  // namespace
}  // namespace capmin
