#include "run/grant_effect.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

constexpr CapabilitySet kSet{kNetRaw};

struct Scene {
  RunOptions options;
  RunPlan plan;
  SearchResult result;
};

/// A run as user 1000 on docker; a trial saw these sets of the first process.
Scene scene(CapabilitySet permitted, CapabilitySet ambient) {
  Scene scene;
  scene.options.user = "1000";
  FinishedTrial trial;
  trial.outcome.sets = KernelSets{.inheritable = {},
                                  .permitted = permitted,
                                  .effective = permitted,
                                  .bounding = kSet,
                                  .ambient = ambient};
  scene.result.trials.push_back(trial);
  return scene;
}

GrantEffect effect_of(const Scene& scene) {
  return grant_effect(scene.options, scene.plan, scene.result);
}

PrivilegedProgram program(const std::string& path, CapabilitySet carried, bool setuid_root) {
  return {path, {{}, carried, setuid_root}};
}

TEST_CASE("what a grant does for another user is read from what its process held") {
  CHECK(effect_of(scene({}, {})) == GrantEffect::kNone);
  CHECK(effect_of(scene(kSet, {})) == GrantEffect::kByProgram);
  CHECK(effect_of(scene(kSet, kSet)) == GrantEffect::kHeld);
  Scene unseen = scene({}, {});
  unseen.result.trials.clear();
  CHECK(effect_of(unseen) == GrantEffect::kNotSeen);
  Scene root = scene({}, {});
  root.options.user = "0";
  CHECK(effect_of(root) == GrantEffect::kHeld);
}

TEST_CASE("what was not seen is doubted with docker only") {
  EngineFacts engine;
  CHECK(depends_on_files(GrantEffect::kNotSeen, engine));
  engine.dialect = Dialect::kPodman;
  CHECK_FALSE(depends_on_files(GrantEffect::kNotSeen, engine));
  CHECK(depends_on_files(GrantEffect::kByProgram, engine));
  CHECK_FALSE(depends_on_files(GrantEffect::kHeld, engine));
}

TEST_CASE("programs are told by what they give of the set, and the many are counted") {
  CHECK(programs_text({}, kSet).empty());
  CHECK(programs_text({program("/bin/tool", {kMknod}, false)}, kSet).empty());
  CHECK(programs_text(
            {program("/bin/ping", {kNetRaw, kMknod}, false), program("/bin/su", {}, true)}, kSet) ==
        "/bin/ping carries NET_RAW; setuid root: /bin/su");
  std::vector<PrivilegedProgram> many;
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    many.push_back(program(name, {}, true));
  }
  CHECK(programs_text(many, kSet) == "setuid root: a, b, c, d and 2 more");
  CHECK(programs_text({program("/a\x1b[2J\nb", {}, true)}, kSet).find('\x1b') == std::string::npos);
}

TEST_CASE("a set that acts through files is warned of, with what no_new_privs does to it") {
  const Scene by_program = scene(kSet, {});
  const auto warning = files_warning(by_program.options, by_program.plan, GrantEffect::kByProgram,
                                     kSet, {{program("/bin/ping", kSet, false)}});
  REQUIRE(warning);
  CHECK(*warning ==
        "the container's user 1000 holds what is granted only by the file capabilities or the "
        "set-user-ID bit of its program (/bin/ping carries NET_RAW); with no_new_privs "
        "(Kubernetes: allowPrivilegeEscalation: false) these give nothing");
}

TEST_CASE("nothing is said of no_new_privs where the trials had it") {
  Scene scene_with = scene(kSet, {});
  scene_with.plan.setup.spec.options = {{"--security-opt", "no-new-privileges"}};
  const auto warning =
      files_warning(scene_with.options, scene_with.plan, GrantEffect::kNone, kSet, {});
  REQUIRE(warning);
  CHECK(warning->find("no_new_privs") == std::string::npos);
}

TEST_CASE("no set and a user who holds it himself are not warned of") {
  const Scene some = scene(kSet, {});
  CHECK_FALSE(files_warning(some.options, some.plan, GrantEffect::kNone, {}, {}));
  CHECK_FALSE(files_warning(some.options, some.plan, GrantEffect::kHeld, kSet, {}));
}

}  // namespace
}  // namespace capmin
