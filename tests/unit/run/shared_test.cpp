#include "run/shared.h"

#include "scratch.h"

#include <doctest/doctest.h>

#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace capmin {
namespace {

using Arguments = std::vector<std::string>;

std::vector<std::string> shared(Arguments more) {
  Arguments arguments{"image", "--probe", "exit"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return shared_things(parse_run_options(arguments));
}

/// A socket that is bound at `path`.
class BoundSocket {
 public:
  explicit BoundSocket(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.c_str(), path.size());
    REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  }
  ~BoundSocket() { ::close(descriptor_); }
  BoundSocket(const BoundSocket&) = delete;
  BoundSocket& operator=(const BoundSocket&) = delete;

 private:
  int descriptor_;
};

TEST_CASE("a container of its own shares nothing") {
  CHECK(shared({}).empty());
  CHECK(shared({"-p",          "80:80", "-e",       "A=b",         "-v",
                "data:/data",  "-v",    "/cache",   "-v",          "/etc/hostname:/etc/name:ro",
                "--hostname",  "web",   "--ulimit", "nofile=1024", "--read-only",
                "--tmpfs",     "/run",  "--memory", "64m",         "--add-host",
                "me:127.0.0.1"})
            .empty());
  for (const char* const network :
       {"", "bridge", "default", "none", "private", "pasta", "slirp4netns:mtu=1500"}) {
    CHECK(shared({"--network", network}).empty());
  }
  for (const char* const option : {"--init", "--cpus=2", "--dns=10.0.0.1", "--oom-score-adj=500"}) {
    CHECK(shared({std::string("--engine-arg=") + option}).empty());
  }
}

TEST_CASE("a network with others in it is shared") {
  CHECK(shared({"--network", "host"}) ==
        std::vector<std::string>{"the host's network (--network)"});
  CHECK(shared({"--network", "container:web"}) ==
        std::vector<std::string>{"the network of web (--network)"});
  CHECK(shared({"--network", "ns:/run/netns/a"}).size() == 1);
  CHECK(shared({"--network", "backend"}) ==
        std::vector<std::string>{"what answers in the network backend (--network)"});
  CHECK(shared({"--network", "bridge:ip=10.88.0.5"}).size() == 1);
  CHECK(shared({"--add-host", "db:172.17.0.2"}) ==
        std::vector<std::string>{"the neighbour db (--add-host)"});
  CHECK(shared({"--add-host", "db:host-gateway"}).size() == 1);
}

TEST_CASE("volumes are shared where they are kept") {
  CHECK(shared({"-v", "data:/data", "-v", "/srv:/srv:ro", "-v", "/cache", "--keep-volumes"}) ==
        std::vector<std::string>{"what data holds (--keep-volumes)"});
  CHECK(shared({"-v", "/srv:/srv", "--keep-volumes"}).size() == 1);
  CHECK(shared({"--keep-volumes"}).empty());
}

TEST_CASE("who listens behind a mounted socket is shared, also from a directory") {
  const Scratch scratch;
  const std::string path = (scratch.path / "db.sock").string();
  const BoundSocket socket(path);
  CHECK(shared({"-v", path + ":/db.sock:ro"}) ==
        std::vector<std::string>{"who is behind " + path + " (--volume)"});
  CHECK(shared({"-v", scratch.path.string() + ":/run/db:ro"}).size() == 1);
  CHECK(shared({"-v", "/dev/null:/dev/log:ro"}).size() == 1);
}

TEST_CASE("devices and what counts for a user are shared") {
  CHECK(shared({"--device", "/dev/fuse"}).size() == 1);
  CHECK(shared({"--ulimit", "nproc=64:64"}).size() == 1);
}

TEST_CASE("what an option of the engine's own does is taken to be shared unless it is known") {
  for (const char* const option :
       {"--ip=172.18.0.9", "--ip6=fd00::9", "--mac-address=02:42:ac:11:00:02",
        "--network-alias=web", "--net-alias=web", "--link=db", "--cgroup-parent=/a", "--gpus=all",
        "--device-cgroup-rule=c 1:* rwm", "--unheard-of"}) {
    CHECK(shared({std::string("--engine-arg=") + option}).size() == 1);
  }
}

TEST_CASE("what has to be put back before each trial is shared") {
  CHECK(shared({"--reset", "./empty-db.sh"}) ==
        std::vector<std::string>{"what ./empty-db.sh puts back (--reset)"});
}

TEST_CASE("the line tells all that is shared, cleaned") {
  CHECK(one_at_a_time(shared({"--network", "host", "--device", "/dev/\x1b[2Jx"})) ==
        "one trial at a time: trials share the host's network (--network), the device "
        "/dev/x (--device)");
}

}  // namespace
}  // namespace capmin
