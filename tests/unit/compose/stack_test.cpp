#include "compose/stack.h"

#include "core/error.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace capmin;

namespace {

/// As docker-compose 1.29 prints it.
constexpr const char* kPrinted = R"(networks:
  front: {}
  outside:
    external: true
    name: shared
services:
  db:
    image: postgres
    container_name: mydb
    healthcheck: &check
      test: [CMD, pg_isready]
    ports:
    - 127.0.0.1:5432:5432/tcp
    volumes:
    - data:/data:rw
    - /srv/conf:/conf:ro
    - /srv/state:/state:rw
  migrate:
    image: app
    command: [migrate, '1', 'yes', "$$HOME"]
    depends_on:
      db: {condition: service_healthy}
    healthcheck: *check
  web:
    image: nginx
    cap_add: [NET_ADMIN]
    depends_on:
      migrate: {condition: service_completed_successfully}
    environment: {A: '1', B: "no"}
    labels: {mine: 'true'}
    networks: {front: {}, outside: null}
    ports:
    - published: 8080
      target: 80
    restart: always
    scale: 3
    x-capmin:
      probe: ./web.sh $$X
version: '3.9'
volumes:
  data:
    name: kept
    external: true
  unused: {}
)";

Stack stack() {
  return read_stack(kPrinted, "docker-compose config", {});
}

StackProject project_of(std::vector<std::string> services) {
  StackProject project;
  project.services = std::move(services);
  project.labels = {{"capmin.run", "0123abcd"}};
  return project;
}

std::string file(const StackProject& project) {
  return project_file(stack(), project);
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the services of a stack stand behind those they depend on") {
  const Stack read = read_stack(
      "services:\n  web: {image: a, depends_on: {db: {condition: service_started}}}\n"
      "  db: {image: b}\n",
      "compose config", {});
  REQUIRE(read.services.size() == 2);
  CHECK(read.services[0].name == "db");
  CHECK(read.services[1].name == "web");
}

TEST_CASE("what a service waits for is known by its condition, and by what it shares") {
  const Stack read = read_stack(R"(services:
  a: {image: x}
  b: {image: x}
  c: {image: x}
  d:
    image: x
    depends_on: {a: {condition: service_healthy}}
    links: ['b:alias']
    network_mode: service:c
)",
                                "compose config", {});
  const StackService& d = *read.find("d");
  CHECK(d.dependencies == std::vector<Dependency>{{"a", DependencyState::kHealthy},
                                                  {"b", DependencyState::kStarted},
                                                  {"c", DependencyState::kStarted}});
  CHECK(companions_of(read, "d") == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("the companions of a service are what it depends on, also by others") {
  CHECK(companions_of(stack(), "web") == std::vector<std::string>{"db", "migrate"});
  CHECK(companions_of(stack(), "db").empty());
  CHECK(stack().find("migrate")->is_awaited_to_end);
  CHECK_FALSE(stack().find("db")->is_awaited_to_end);
}

TEST_CASE("a cycle and a service that is not there are told") {
  CHECK_THROWS_AS(read_stack("services:\n  a: {image: x, depends_on: {b: {}}}\n"
                             "  b: {image: x, depends_on: {a: {}}}\n",
                             "compose config", {}),
                  Error);
  CHECK_THROWS_AS(
      read_stack("services:\n  a: {image: x, depends_on: {b: {}}}\n", "compose config", {}), Error);
  CHECK_THROWS_AS(read_stack("version: '3'\n", "compose config", {}), Error);
}

TEST_CASE("services of profiles that are not asked for are left out") {
  const char* const printed =
      "services:\n  a: {image: x}\n  debug: {image: x, profiles: [debug]}\n";
  CHECK(read_stack(printed, "compose config", {}).services.size() == 1);
  CHECK(read_stack(printed, "compose config", {"debug"}).services.size() == 2);
}

TEST_CASE("a privileged service, or one in the host's namespaces, is refused as capmin run does") {
  const Stack read = read_stack(R"(services:
  a: {image: x, privileged: true}
  b: {image: x, pid: host}
  c: {image: x, userns_mode: host}
  d: {image: x, network_mode: host}
)",
                                "compose config", {});
  for (const char* const name : {"a", "b", "c"}) {
    CHECK_FALSE(read.find(name)->refusal.empty());
  }
  CHECK(read.find("a")->refusal.starts_with("privileged: true, "));
  CHECK(read.find("d")->refusal.empty());
  CHECK(shared_things(read, {"d"}, false) ==
        std::vector<std::string>{"the host's network (network_mode: host of d)"});
}

TEST_CASE("a project has its services alone, each with what it needs") {
  const std::string text = file(project_of({"db"}));
  const Stack read = read_stack(text, "again", {});
  REQUIRE(read.services.size() == 1);
  CHECK(read.find("db") != nullptr);
  CHECK_FALSE(says(text, "container_name"));
  CHECK_FALSE(says(text, "unused"));
  CHECK_FALSE(says(text, "front"));
  CHECK(says(text, "\"default\""));
}

TEST_CASE("ports of the host become free ones") {
  const std::string text = file(project_of({"db", "migrate", "web"}));
  CHECK(says(text, "\"127.0.0.1::5432/tcp\""));
  CHECK(says(text, "\"target\": 80"));
  CHECK_FALSE(says(text, "8080"));
}

TEST_CASE("volumes are the project's own, also in place of external ones, unless they are kept") {
  StackProject project = project_of({"db"});
  CHECK_FALSE(says(file(project), "kept"));
  project.keeps_volumes = true;
  CHECK(says(file(project), "\"name\": kept"));
  CHECK(external_volumes(stack(), {"db"}) == std::vector<std::string>{"data"});
}

TEST_CASE("an external network is used as it is, and so shared") {
  const std::string text = file(project_of({"db", "migrate", "web"}));
  CHECK(says(text, "\"name\": shared"));
  CHECK(shared_things(stack(), {"db", "migrate", "web"}, false) ==
        std::vector<std::string>{"the external network outside"});
}

TEST_CASE("a network with addresses of its own is shared, one with an empty ipam is not") {
  const Stack read = read_stack(R"(services:
  a: {image: x, networks: {fixed: {ipv4_address: 10.9.0.5}}}
  b: {image: x, networks: {plain: null}}
networks:
  fixed: {ipam: {config: [{subnet: 10.9.0.0/24}]}}
  plain: {name: project_plain, ipam: {}}
)",
                                "compose config", {});
  CHECK(shared_things(read, {"a"}, false) ==
        std::vector<std::string>{"the addresses of the network fixed (ipam)"});
  CHECK(shared_things(read, {"b"}, false).empty());
}

TEST_CASE("copies stand in place of what is written to, and of nothing else") {
  StackProject project = project_of({"db"});
  CHECK(writable_paths(stack(), {"db"}) == std::vector<std::string>{"/srv/state"});
  project.copies = {{"/srv/state", "/tmp/copy"}, {"/srv/conf", "/tmp/wrong"}};
  const std::string text = file(project);
  CHECK(says(text, "\"/tmp/copy:/state:rw\""));
  CHECK(says(text, "/srv/conf:/conf:ro"));
}

TEST_CASE("the service on trial has its grant, its labels and no restart") {
  StackProject project = project_of({"db", "migrate", "web"});
  project.on_trial["web"] = {.grant = {Capability::kChown, Capability::kKill},
                             .labels = {{"capmin.trial", "7"}},
                             .sysctls = {{"net.ipv4.ip_unprivileged_port_start", "1024"}},
                             .mounts = {"/probe:/inside:ro"},
                             .without_healthcheck = false};
  const std::string text = file(project);
  CHECK(says(text, "\"cap_drop\":\n      - \"ALL\""));
  CHECK(says(text, "\"cap_add\":\n      - \"CHOWN\"\n      - \"KILL\""));
  CHECK_FALSE(says(text, "NET_ADMIN"));
  CHECK_FALSE(says(text, "restart"));
  CHECK_FALSE(says(text, "scale"));
  CHECK_FALSE(says(text, "x-capmin"));
  CHECK(says(text, "\"mine\": \"true\""));
  CHECK(says(text, "\"capmin.trial\": \"7\""));
  CHECK(says(text, "\"net.ipv4.ip_unprivileged_port_start\": \"1024\""));
  CHECK(says(text, "\"/probe:/inside:ro\""));
}

TEST_CASE("companions keep what the file gives them") {
  const std::string text = file(project_of({"db", "migrate", "web"}));
  CHECK(says(text, "NET_ADMIN"));
  CHECK(says(text, "\"restart\": always"));
}

TEST_CASE("what was quoted stays text, and a dollar sign stays escaped") {
  const std::string text = file(project_of({"db", "migrate"}));
  CHECK(says(text, "- \"1\""));
  CHECK(says(text, "- \"yes\""));
  CHECK(says(text, "- \"$$HOME\""));
}

TEST_CASE("an alias stands for what it means") {
  // Both have the health check.
  const std::string text = file(project_of({"db", "migrate"}));
  CHECK(text.find("pg_isready") != text.rfind("pg_isready"));
}

TEST_CASE("the texts of x-capmin are as they were written") {
  const StackService web = *stack().find("web");
  REQUIRE(web.settings);
  CHECK(web.settings->entries.front().value.text == "./web.sh $X");
}

TEST_CASE("another file with the sets is told from one that says something else") {
  const std::map<std::string, CapabilitySet> sets{{"web", {Capability::kChown}}, {"db", {}}};
  const Stack edited = read_stack(file_with_sets(stack(), sets), "again", {});
  CHECK(differs_in_sets_alone(stack(), edited, sets));
  CHECK_FALSE(differs_in_sets_alone(stack(), stack(), sets));
  CHECK_FALSE(differs_in_sets_alone(stack(), edited, {{"web", {Capability::kChown}}}));
}

TEST_CASE("a service's name as a variable has no other characters") {
  CHECK(variable_name("my-db.2") == "MY_DB_2");
}
