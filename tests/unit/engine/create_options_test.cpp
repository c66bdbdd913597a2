#include "engine/create_options.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace capmin {
namespace {

TEST_CASE("options that would undo the trial are refused, however they are written") {
  for (const char* option : {"--privileged",
                             "--privileged=true",
                             "--cap-add=ALL",
                             "--cap-drop",
                             "--pid=host",
                             "--name",
                             "--rm",
                             "--restart=always",
                             "--label",
                             "--mount=type=bind",
                             "--env-host",
                             "--ipc=host",
                             "--ipc",
                             "--uts=host",
                             "--cgroupns=host",
                             "--userns=keep-id",
                             "-dit",
                             "-lx=y",
                             "--",
                             "--volume=/:/host",
                             "-v=/:/host",
                             "--network=host",
                             "--net=host",
                             "--security-opt=x",
                             "--device=/dev/mem",
                             "--user=0",
                             "-u=0",
                             "--sysctl=a=b",
                             "--memory=1g",
                             "-m=1g",
                             "--publish=80",
                             "-p=80",
                             "--read-only=false",
                             "--env-file=x",
                             "-h=x",
                             "-w=/"}) {
    CAPTURE(option);
    CHECK_FALSE(refusal(option).empty());
  }
  for (const char* option : {"--init", "--runtime=runc", "--group-add=5", "--dns", "--ipc=private",
                             "--cgroupns=private", "-t", "-i", "--unheard-of=1"}) {
    CAPTURE(option);
    CHECK(refusal(option).empty());
  }
}

TEST_CASE("an option of capmin's own is refused as another's, with what to write") {
  CHECK(refusal("--volume=/:/host") == "give it to capmin: --volume");
  CHECK(refusal("-v=/:/host") == "give it to capmin: --volume");
  CHECK(refusal("--net=host") == "give it to capmin: --network");
  CHECK(refusal("--pids-limit=-1") == "give it to capmin: --pids-limit");
}

TEST_CASE("what needs the engine's own setting is told apart from what reaches the container") {
  CHECK(concerns_one_container("--init"));
  CHECK(concerns_one_container("--cpus=2"));
  CHECK(concerns_one_container("-t"));
  CHECK(concerns_one_container("--ipc=private"));
  CHECK_FALSE(concerns_one_container("--ip=172.18.0.9"));
  CHECK_FALSE(concerns_one_container("--gpus=all"));
  CHECK_FALSE(concerns_one_container("--unheard-of"));
}

TEST_CASE("each option stands once, and what is refused says what to write instead") {
  std::set<std::string_view> names;
  std::set<char> letters;
  for (const CreateOption& option : create_options()) {
    CAPTURE(option.name);
    CHECK(names.insert(option.name).second);
    CHECK((option.letter == 0 || letters.insert(option.letter).second));
    const bool is_refused = option.fate == OptionFate::kRefused && option.name != "restart";
    if (is_refused) CHECK_FALSE(option.why.empty());
    CHECK(option.instead.empty() != is_refused);
  }
}

}  // namespace
}  // namespace capmin
