#include "options/run_options.h"

#include "engine/create_options.h"
#include "expect_error.h"
#include "options/option_table.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Arguments = std::vector<std::string>;

Arguments with_probe(Arguments more) {
  Arguments arguments{"image", "--probe", "./health.sh"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

RunOptions parsed(const Arguments& more) {
  return parse_run_options(with_probe(more));
}

ExitCode code(const Arguments& more) {
  return code_of([&more] { parsed(more); });
}

TEST_CASE("the shortest command line names an image and a probe") {
  const RunOptions options = parsed({});
  CHECK(options.image == "image");
  CHECK(options.probe.kind == Probe::Kind::kFile);
  CHECK(options.probe_as_written == "./health.sh");
  CHECK(options.spec.ports == Ports::kPortable);
  CHECK_FALSE(options.engine.dialect);
}

TEST_CASE("everything behind -- is the container's command, byte for byte") {
  const Arguments command{"sh", "-c", "echo \"a\" 'b'", "--", "", "\n", "--probe"};
  Arguments arguments{"--"};
  arguments.insert(arguments.end(), command.begin(), command.end());
  CHECK(parsed(arguments).spec.command == command);
}

TEST_CASE("container options are passed on in their order") {
  const RunOptions options =
      parsed({"-e", "A=1", "--memory", "64m", "-e", "B", "--read-only", "--entrypoint", "",
              "--engine-arg", "--init", "--engine-arg=--dns=127.0.0.1", "--tmpfs=/tmp"});
  const std::vector<EngineOption> expected{
      {.name = "--env", .value = "A=1"},        {.name = "--memory", .value = "64m"},
      {.name = "--env", .value = "B"},          {.name = "--read-only", .value = {}},
      {.name = "--entrypoint", .value = ""},    {.name = "--init", .value = {}},
      {.name = "--dns=127.0.0.1", .value = {}}, {.name = "--tmpfs", .value = "/tmp"}};
  CHECK(options.spec.options == expected);
}

TEST_CASE("-v with a path is a volume, and without one means verbose") {
  CHECK(parsed({"-v", "data:/data"}).spec.volumes.size() == 1);
  CHECK(parsed({"-v", "/data"}).spec.volumes.size() == 1);
  CHECK(parsed({"-vdata:/data"}).spec.volumes.size() == 1);
  CHECK(parsed({"-v", "-q"}).spec.volumes.empty());
  CHECK(parsed({"-v"}).verbosity == Verbosity::kVerbose);
  CHECK(parse_run_options({"-v", "registry:5000/image:1", "--probe", "x"}).image ==
        "registry:5000/image:1");
}

TEST_CASE("docker's other options reach the container as --engine-arg passes them on") {
  const std::vector<EngineOption> expected{
      {.name = "--group-add=5", .value = {}}, {.name = "--init", .value = {}},
      {.name = "--interactive", .value = {}}, {.name = "--tty", .value = {}},
      {.name = "--cpus=2", .value = {}},      {.name = "--ipc=private", .value = {}}};
  CHECK(parsed({"--group-add", "5", "--init=true", "-it", "--cpus=2", "--ipc", "private"})
            .spec.options == expected);
  CHECK(parsed({"--init=false", "--privileged=false"}).spec.options.empty());
  CHECK(parsed({"--net", "host"}).spec.network == "host");
  CHECK(parsed({"-m", "64m"}).spec.options ==
        std::vector<EngineOption>{{.name = "--memory", .value = "64m"}});
  CHECK(parsed({"--mount", "source=data,target=/data"}).spec.volumes ==
        parsed({"-v", "data:/data"}).spec.volumes);
}

TEST_CASE("docker's options that change nothing are left out, and can be told") {
  const RunOptions options = parsed({"--rm", "-d", "--name", "web", "--restart", "always",
                                     "--log-opt=max-size=1m", "--label", "a=b"});
  CHECK(options.without_effect == Arguments{"--rm", "--detach", "--name web", "--restart always",
                                            "--log-opt max-size=1m", "--label a=b"});
  CHECK(options.spec.options.empty());
  CHECK_FALSE(options.scenario.restart);
  CHECK(parsed({"--restart", "--rm"}).scenario.restart);
  CHECK(code({"--restart=sometimes"}) == ExitCode::kUsage);
}

TEST_CASE("each option of the engines' does what its row says") {
  for (const CreateOption& option : create_options()) {
    CAPTURE(option.name);
    const std::string name = "--" + std::string(option.name);
    const Arguments given = option.value.empty() ? Arguments{name} : Arguments{name, "1"};
    if (option.name == "restart" || option.fate == OptionFate::kOwn) continue;
    if (option.fate == OptionFate::kRefused) {
      CHECK(code(given) == ExitCode::kUsage);
      continue;
    }
    const RunOptions options = parsed(given);
    const bool is_passed_on = option.fate == OptionFate::kPassedOn;
    CHECK(options.spec.options.size() == (is_passed_on ? 1 : 0));
    CHECK(options.without_effect.size() == (is_passed_on ? 0 : 1));
    if (!is_passed_on) continue;
    CHECK(options.spec.options ==
          parsed({"--engine-arg=" + options.spec.options[0].name}).spec.options);
    if (option.letter == 0) continue;
    Arguments short_form{std::string("-") + option.letter};
    if (!option.value.empty()) short_form.emplace_back("1");
    CHECK(parsed(short_form).spec.options == options.spec.options);
  }
}

TEST_CASE("each option of the engines' that is capmin's own has a row of that name") {
  for (const CreateOption& option : create_options()) {
    CAPTURE(option.name);
    if (option.fate != OptionFate::kOwn) continue;
    CHECK(table_for<RunOptions>().find(option.name) != nullptr);
  }
}

std::string hint(const Arguments& arguments) {
  const auto error = error_of([&arguments] { parse_run_options(arguments); });
  return error && error->code() == ExitCode::kUsage ? error->hint() : "no usage error";
}

TEST_CASE("capabilities spelled as docker does are answered with the command in capmin's words") {
  CHECK(hint({"app", "--cap-drop=ALL", "--cap-add", "NET_ADMIN", "--probe", "a b", "--", "x"})
            .ends_with("\n  capmin run app --allow NET_ADMIN --probe 'a b' -- x"));
  CHECK(hint({"app", "--cap-drop", "KILL", "--probe=x"})
            .ends_with("\n  capmin run app --deny KILL --probe=x"));
}

TEST_CASE("a command without its -- is answered with the command where it belongs") {
  const std::string expected = "capmin run app --probe ./p.sh -- nginx -g 'daemon off;'";
  CHECK(hint({"app", "--probe", "./p.sh", "nginx", "-g", "daemon off;"}) == expected);
  CHECK(hint({"app", "nginx", "-g", "daemon off;", "--probe", "./p.sh"}) == expected);
  CHECK(hint({"app", "--probe=p", "sh", "-c", "exit 1", "-e"}) ==
        "capmin run app --probe=p -- sh -c 'exit 1' -e");
  CHECK(hint({"app", "--probe=p", "sh", "-e", "-c", "exit 1"}) ==
        "capmin run app --probe=p -- sh -e -c 'exit 1'");
  CHECK(hint({"app", "nginx", "--probe=p", "--", "-t"}) == "capmin run app --probe=p -- nginx -t");
}

TEST_CASE("an option that is nearly one is answered with that one") {
  CHECK(hint({"app", "--prob", "x"}) == "did you mean --probe? see capmin run --help");
  CHECK(hint({"app", "--no-such-option=1"}) ==
        "if it is an option of the engine, --engine-arg=--no-such-option passes it on; see capmin "
        "run --help");
  CHECK(hint({"app", "-probe", "x"}) == "did you mean --probe? see capmin run --help");
  CHECK(
      hint({"app", "--probe", "x", "--allow", "NET_ADMN"}).starts_with("did you mean NET_ADMIN?"));
  CHECK(hint({"app", "--probe", "x", "--pull", "alway"}) ==
        "did you mean always? it takes never, missing, always");
}

TEST_CASE("another probe takes the place of the one that was given") {
  CHECK(with_other_probe({"app", "--probe", "x", "--oneshot", "-e", "A", "--", "--probe", "y"},
                         {"--probe", "exit"}) ==
        Arguments{"app", "--probe", "exit", "-e", "A", "--", "--probe", "y"});
  CHECK(with_other_probe({"--probe-exec=x", "app"}, {"--probe", "exit"}) ==
        Arguments{"--probe", "exit", "app"});
}

TEST_CASE("capabilities are allowed and denied by name only") {
  const RunOptions options = parsed({"--allow", "net_admin,CAP_SYS_NICE", "--deny", "NET_RAW"});
  CHECK(options.allow == CapabilitySet{Capability::kNetAdmin, Capability::kSysNice});
  CHECK(options.deny == CapabilitySet{Capability::kNetRaw});
  CHECK(code({"--allow", "ALL"}) == ExitCode::kUsage);
  CHECK(code({"--allow", "NET_ADMIM"}) == ExitCode::kUsage);
  CHECK(code({"--allow", ""}) == ExitCode::kUsage);
  CHECK(code({"--allow", "KILL", "--deny", "KILL"}) == ExitCode::kUsage);
}

TEST_CASE("the other forms of a probe are known by their words") {
  const auto kind = [](const Arguments& arguments) {
    return parse_run_options(arguments).probe.kind;
  };
  CHECK(kind({"image", "--probe", "exit"}) == Probe::Kind::kExit);
  CHECK(kind({"image", "--probe", "healthcheck"}) == Probe::Kind::kHealthcheck);
  CHECK(kind({"image", "--probe", "./exit"}) == Probe::Kind::kFile);
  CHECK(kind({"image", "--probe-exec", "x"}) == Probe::Kind::kExec);
  CHECK(kind({"image", "--probe", "http://:80/"}) == Probe::Kind::kNetwork);
  CHECK(kind({"image", "--probe", "tcp://:80"}) == Probe::Kind::kNetwork);
  CHECK(kind({"image", "--probe", "cmd:true"}) == Probe::Kind::kCommand);
  CHECK(kind({"image", "--probe-exec", "cmd:true"}) == Probe::Kind::kExecCommand);
  CHECK_FALSE(parse_run_options({"image"}).has_probe);
  CHECK(code({"--probe", "exit"}) == ExitCode::kUsage);
  CHECK(code_of([] {
          parse_run_options({"image", "--probe", "exit", "--oneshot"});
        }) == ExitCode::kUsage);
}

TEST_CASE("what is expected of an answer goes with a probe that has such answers") {
  const RunOptions options =
      parse_run_options({"image", "--expect", "hello", "--probe", "https://:443/x",
                         "--expect-status", "201", "--insecure"});
  CHECK(options.probe.check.expect == "hello");
  CHECK(options.probe.check.expect_status == 201U);
  CHECK(options.probe.check.insecure);
  CHECK(options.probe.check.target == "/x");
  const auto code = [](Arguments more) {
    more.insert(more.begin(), "image");
    return code_of([&more] { parse_run_options(more); });
  };
  CHECK(code({"--probe", "tcp://:80", "--expect", "x"}) == ExitCode::kUsage);
  CHECK(code({"--probe", "health.sh", "--expect-status", "200"}) == ExitCode::kUsage);
  CHECK(code({"--probe", "http://:80/", "--insecure"}) == ExitCode::kUsage);
  CHECK(code({"--probe", "http://:80/", "--expect-status", "99"}) == ExitCode::kUsage);
  CHECK(code({"--probe-exec", "http://:80/"}) == ExitCode::kUsage);
  CHECK(code({"--probe", "cmd: "}) == ExitCode::kUsage);
  CHECK(code({"--probe", "cmd:true", "--oneshot"}) == ExitCode::kDone);
}

TEST_CASE("what is not known is an error, never guessed at") {
  CHECK(code({"--prob", "x"}) == ExitCode::kUsage);
  CHECK(code({"--network"}) == ExitCode::kUsage);
  CHECK(code({"--ports", "high"}) == ExitCode::kUsage);
  CHECK(code({"second-image"}) == ExitCode::kUsage);
  CHECK(code({"--engine-arg", "--privileged"}) == ExitCode::kUsage);
  CHECK(code({"--engine-arg", "--cap-add=SYS_ADMIN"}) == ExitCode::kUsage);
}

TEST_CASE("H12: names that no image has are refused before any engine sees them") {
  for (const std::string& name :
       {std::string("$(id)"), std::string("a;b"), std::string("a\nb"), std::string("a b"),
        std::string(65536, 'a'), std::string("im\xc3\xa4ge"), std::string("--privileged"),
        std::string("-v=/:/h"), std::string()}) {
    CHECK(code_of([&name] { parse_run_options({"--probe", "x", name}); }) == ExitCode::kUsage);
  }
}

TEST_CASE("spans of time have a unit or are seconds") {
  CHECK(parse_duration("30") == std::chrono::seconds(30));
  CHECK(parse_duration("500ms") == std::chrono::milliseconds(500));
  CHECK(parse_duration("2m") == std::chrono::minutes(2));
  for (const char* text : {"", "0", "-1", "1d", "s", "1.5s", "99999999999999999999"}) {
    CHECK(code_of([text] { parse_duration(text); }) == ExitCode::kUsage);
  }
}

TEST_CASE("help describes every option") {
  const std::string help = table_for<RunOptions>().help();
  for (const char* option : {"--probe ", "--probe-exec", "--oneshot", "--env", "--volume",
                             "--engine-arg", "--allow", "--ports", "--timeout", "--output"}) {
    CHECK(help.find(option) != std::string::npos);
  }
}

}  // namespace
}  // namespace capmin
