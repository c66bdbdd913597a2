#include "run/likeness.h"

#include "expect_error.h"
#include "scratch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

namespace capmin {
namespace {

using enum Capability;
using Words = std::vector<std::string>;

ImageFacts image_facts() {
  ImageFacts image;
  image.id = "sha256:11";
  image.user = "www";
  image.working_directory = "/app";
  image.entrypoint = {"/entry"};
  image.command = {"serve"};
  image.variables = {"PATH=/bin", "MODE=plain"};
  image.volumes = {"/cache"};
  return image;
}

/// A container that was given nothing.
CreatedContainer plain() {
  const ImageFacts image = image_facts();
  CreatedContainer container;
  container.self.image = image.id;
  container.image_name = "app:1";
  container.user = image.user;
  container.working_directory = image.working_directory;
  container.entrypoint = image.entrypoint;
  container.command = image.command;
  container.variables = image.variables;
  return container;
}

Likeness likeness(const CreatedContainer& container) {
  return likeness_of(container, image_facts(), image_facts());
}

RunOptions parsed(Words more) {
  Words arguments{"--like", "web", "--probe", "exit"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return parse_run_options(arguments);
}

/// The words of a run like `container` with these options as well.
std::string words_of(const CreatedContainer& container, const Words& more = {}) {
  RunOptions options = parsed(more);
  make_like(likeness(container), options);
  return container_words(options);
}

TEST_CASE("of a container that was given nothing nothing is taken but its image") {
  CHECK(words_of(plain()) == "app:1");
  CHECK(likeness(plain()).warnings.empty());
}

TEST_CASE("what the image sets by itself is not taken, and what differs is") {
  CreatedContainer container = plain();
  container.variables = {"PATH=/bin", "MODE=debug", "SECRET=hunter2"};
  container.user = "0";
  container.working_directory = "/";
  container.command = {"serve", "--fast"};
  container.stop_signal = "SIGINT";
  container.volumes = {parse_volume("/cache"), parse_volume("/extra"), parse_volume("data:/data")};
  RunOptions options = parsed({});
  make_like(likeness(container), options);
  CHECK(options.user == "0");
  CHECK(options.spec.options.front() == EngineOption{.name = "--env", .value = "MODE=debug"});
  CHECK(container_words(options) ==
        "app:1 --env MODE --env SECRET --user 0 --engine-arg=--stop-signal=SIGINT --volume /extra "
        "--volume data:/data -- serve --fast");
}

TEST_CASE("another entrypoint is taken whole, with the command behind it") {
  CreatedContainer container = plain();
  container.entrypoint = {"/bin/sh", "-e"};
  container.command = {"-c", "true"};
  CHECK(words_of(container) == "app:1 --entrypoint /bin/sh -- -e -c true");
  CHECK(words_of(container, {"--", "x"}) == "app:1 --entrypoint /bin/sh -- -e x");
  CHECK(words_of(container, {"--entrypoint", "/own"}) == "app:1 --entrypoint /own");
  container.entrypoint.clear();
  CHECK(words_of(container) == "app:1 --entrypoint '' -- -c true");
}

TEST_CASE("what is given goes before: it replaces what counts once, and what has the same key") {
  CreatedContainer container = plain();
  container.user = "0";
  container.network = "front";
  container.variables = {"A=1", "B=2"};
  container.volumes = {parse_volume("data:/data"), parse_volume("/srv:/srv:ro")};
  container.options = {{.name = "--memory", .value = "64m"},
                       {.name = "--publish", .value = "127.0.0.1::80"},
                       {.name = "--publish", .value = "53/udp"},
                       {.name = "--tmpfs", .value = "/run:size=1m"},
                       {.name = "--sysctl", .value = "net.a=1"},
                       {.name = "--ulimit", .value = "nofile=1:2"},
                       {.name = "--add-host", .value = "db:10.0.0.1"},
                       {.name = "--device", .value = "/dev/a:/dev/b:r"},
                       {.name = "--security-opt", .value = "apparmor=x"},
                       {.name = "--read-only", .value = {}},
                       {.name = "--dns=1.1.1.1", .value = {}},
                       {.name = "--cpus=1", .value = {}}};
  const std::string all = words_of(container);
  CHECK(all ==
        "app:1 --env A --env B --user 0 --memory 64m --publish 127.0.0.1::80 --publish 53/udp "
        "--tmpfs /run:size=1m --sysctl net.a=1 --ulimit nofile=1:2 --add-host db:10.0.0.1 --device "
        "/dev/a:/dev/b:r --security-opt apparmor=x --read-only --engine-arg=--dns=1.1.1.1 "
        "--engine-arg=--cpus=1 --volume data:/data --volume /srv:/srv:ro --network front");
  CHECK(words_of(container, {"-e",
                             "B=3",
                             "-u",
                             "5",
                             "--memory",
                             "1g",
                             "-p",
                             "8080:80/tcp",
                             "--tmpfs",
                             "/data",
                             "--sysctl",
                             "net.a=2",
                             "--ulimit",
                             "nofile=9",
                             "--add-host",
                             "db=10.0.0.2",
                             "--device",
                             "/dev/b",
                             "--security-opt",
                             "apparmor:y",
                             "--read-only",
                             "-v",
                             "other:/srv",
                             "--engine-arg=--dns=2.2.2.2",
                             "--engine-arg=--cpus=2",
                             "--network",
                             "none"}) ==
        "app:1 --env A --publish 53/udp --tmpfs /run:size=1m --engine-arg=--dns=1.1.1.1 --env B "
        "--user 5 --memory 1g --publish 8080:80/tcp --tmpfs /data --sysctl net.a=2 --ulimit "
        "nofile=9 --add-host db=10.0.0.2 --device /dev/b --security-opt apparmor:y --read-only "
        "--engine-arg=--dns=2.2.2.2 --engine-arg=--cpus=2 --volume other:/srv --network none");
}

TEST_CASE("variables of a file that is given go before the container's") {
  const Scratch scratch;
  const std::string file = scratch.path / "env";
  std::ofstream(file) << "B=3\n";
  CreatedContainer container = plain();
  container.variables = {"A=1", "B=2"};
  CHECK(words_of(container, {"--env-file", file}) == "app:1 --env A --env-file " + file);
}

TEST_CASE("an image that is given is run, and options stay those of the container") {
  CreatedContainer container = plain();
  container.user = "0";
  CHECK(words_of(container, {"app:2"}) == "app:2 --user 0");
}

TEST_CASE("a name that means another image by now is told, and the container's own image is run") {
  ImageFacts other = image_facts();
  other.id = "sha256:22";
  for (const std::optional<ImageFacts>& named :
       {std::optional(other), std::optional<ImageFacts>()}) {
    const Likeness found = likeness_of(plain(), image_facts(), named);
    CHECK(found.image == "sha256:11");
    CHECK(found.warnings.size() == 1);
  }
}

TEST_CASE("of an image that is gone everything is taken as given, but for docker's own path") {
  CreatedContainer container = plain();
  container.variables = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                         "A=1"};
  RunOptions options = parsed({});
  const Words warnings = make_like(likeness_of(container, std::nullopt, std::nullopt), options);
  CHECK(warnings.size() == 1);
  CHECK(container_words(options) ==
        "app:1 --env A --user www --workdir /app --entrypoint /entry -- serve");
}

TEST_CASE("capabilities beyond Docker's default set are told with --allow, until that names them") {
  CreatedContainer container = plain();
  container.added = {"CAP_NET_ADMIN", "SYS_TIME", "CHOWN"};
  RunOptions options = parsed({});
  CHECK(make_like(likeness(container), options) ==
        Words{"it was given NET_ADMIN SYS_TIME, which trials may not grant unless --allow "
              "NET_ADMIN,SYS_TIME says so"});
  options = parsed({"--allow", "NET_ADMIN,SYS_TIME"});
  CHECK(make_like(likeness(container), options).empty());
  container.added = {"ALL"};
  CHECK(likeness(container).warnings.size() == 1);
}

TEST_CASE("what trials have otherwise is told, harmless") {
  CreatedContainer container = plain();
  container.privileged = true;
  container.has_device_requests = true;
  container.pid_mode = "host";
  container.ipc_mode = "container:\033[2Jx";
  container.uts_mode = "host";
  container.userns_mode = "host";
  container.further_networks = {"back"};
  const Words warnings = likeness(container).warnings;
  CHECK(warnings.size() == 7);
  CHECK(std::ranges::none_of(warnings, [](const std::string& warning) {
    return warning.find('\033') != std::string::npos;
  }));
}

TEST_CASE("a seccomp filter without its file is an error, until one is given") {
  CreatedContainer container = plain();
  container.seccomp_document = "{}";
  RunOptions options = parsed({});
  CHECK(code_of([&] { make_like(likeness(container), options); }) == ExitCode::kUsage);
  options = parsed({"--security-opt", "seccomp=unconfined"});
  CHECK(make_like(likeness(container), options).empty());
}

TEST_CASE("a name of an image that is none does not reach the engine") {
  CreatedContainer container = plain();
  container.image_name = "--privileged";
  RunOptions options = parsed({});
  CHECK(code_of([&] { make_like(likeness(container), options); }) == ExitCode::kUsage);
}

TEST_CASE("hostile words are quoted, and values of variables are not told") {
  CreatedContainer container = plain();
  container.variables = {"A=hunter2", "B\033[2J=x"};
  container.command = {"a\nb", "$(reboot)"};
  const std::string words = words_of(container);
  CHECK(words.find("hunter2") == std::string::npos);
  CHECK(words.find('\033') == std::string::npos);
  CHECK(words.find('\n') == std::string::npos);
  CHECK(words.ends_with(" '$(reboot)'"));
}

}  // namespace
}  // namespace capmin
