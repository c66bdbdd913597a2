#include "report/report.h"

#include "profile_sample.h"
#include "report/formats.h"
#include "report/sarif_document.h"
#include "text/embedded.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

using enum Capability;

Report report_for(const Profile& profile) {
  return report_of({"p.yaml", profile, {}}, RuleTable::parse(embedded_rules(), "rules"));
}

const ReportMember& member(const Report& report, Capability name) {
  const auto found = std::ranges::find(report.members, name, &ReportMember::name);
  REQUIRE(found != report.members.end());
  return *found;
}

bool mentions(const std::vector<std::string>& texts, std::string_view part) {
  return std::ranges::any_of(
      texts, [part](const std::string& text) { return text.find(part) != std::string::npos; });
}

TEST_CASE("each member has its reason and the trial that failed without it") {
  const Report report = report_for(sample_profile());
  REQUIRE(report.members.size() == 5);
  CHECK(member(report, kChown).line.starts_with("chown(\"/var/lib/nginx/body\""));
  CHECK(member(report, kChown).without_it->trial == 10);
  CHECK(member(report, kNetBindService).condition.starts_with("only where ports below 1024"));
  CHECK_FALSE(member(report, kNetBindService).without_it);
}

TEST_CASE("a rule is explained where its id is known") {
  Profile profile = sample_profile();
  profile.reasons.front().rule = "chown";
  CHECK(member(report_for(profile), kChown).rule_reason.find("CHOWN") != std::string::npos);
  profile.reasons.front().rule = "mydaemon-spool";
  CHECK(member(report_for(profile), kChown).rule_reason.empty());
}

TEST_CASE("without advice there are general ways around a capability") {
  const Report report = report_for(sample_profile());
  CHECK(member(report, kChown).ways.empty());
  CHECK_FALSE(member(report, kSetgid).ways.empty());
}

TEST_CASE("the proof is set apart from the search") {
  const TrialTable table = trial_table(sample_profile());
  REQUIRE(table.groups.size() == 3);
  CHECK(table.groups[0].rows.size() == 10);
  CHECK(table.groups[1].title == "Proof");
  CHECK(table.groups[1].rows.size() == 5);
  CHECK(table.groups[1].rows[1].without == kSetuid);
  CHECK(table.groups[2].rows.size() == 1);
  CHECK(table.columns.front() == kChown);
  CHECK(table.columns[4] == kNetBindService);
}

TEST_CASE("containers that were stopped early are counted, not drawn") {
  Profile profile = sample_profile();
  profile.run.trials = 21;
  CHECK(trial_table(profile).caption ==
        "Every trial that came to an end: 19. 2 more containers were started and stopped again "
        "before the probe had decided.");
}

TEST_CASE("a large grant is told by what it lacks") {
  const CapabilitySet all = docker_default_set();
  CHECK(grant_text({}, all) == "nothing");
  CHECK(grant_text(all, all) == "all 14");
  CHECK(grant_text(all.without(kChown), all) == "all 14 but CHOWN");
  CHECK(grant_text({kChown, kKill}, {kChown, kKill, kMknod}) == "CHOWN KILL");
}

TEST_CASE("what the probe did not exercise follows from the scenario, the probe and the ports") {
  Profile profile = sample_profile();
  CHECK_FALSE(mentions(gaps_of(profile), "--restart"));
  CHECK(mentions(gaps_of(profile), "--graceful-stop"));
  CHECK(mentions(gaps_of(profile), "--settle"));
  CHECK_FALSE(mentions(gaps_of(profile), "--ports portable"));
  CHECK(mentions(gaps_of(profile), "--reset"));
  profile.reset = {"./empty-db.sh", "e3b0"};
  CHECK_FALSE(mentions(gaps_of(profile), "--reset"));
  profile.probe.scenario = {"start", "settle", "graceful-stop"};
  profile.probe.kind = ProbeKind::kHealthcheck;
  profile.environment.ports = Ports::kEngine;
  CHECK(mentions(gaps_of(profile), "--restart"));
  CHECK_FALSE(mentions(gaps_of(profile), "--graceful-stop"));
  CHECK_FALSE(mentions(gaps_of(profile), "--settle"));
  CHECK(mentions(gaps_of(profile), "HEALTHCHECK"));
  CHECK(mentions(gaps_of(profile), "--ports portable"));
}

TEST_CASE("a job is not asked to stop or to settle") {
  Profile profile = sample_profile();
  profile.probe.kind = ProbeKind::kExit;
  CHECK_FALSE(mentions(gaps_of(profile), "--graceful-stop"));
  CHECK_FALSE(mentions(gaps_of(profile), "--settle"));
}

TEST_CASE("a proof of no member or of one does not speak of each") {
  Profile profile;
  for (const Level guarantee : {Level::kOneMinimal, Level::kUnique, Level::kLeastRisk}) {
    profile.guarantee = guarantee;
    profile.add = {};
    CHECK(report_for(profile).guarantee.find("the probe passed without any capability") !=
          std::string::npos);
    profile.add = {kChown};
    CHECK(report_for(profile).guarantee.find("failed without its only member") !=
          std::string::npos);
    profile.add = {kChown, kKill};
    CHECK(report_for(profile).guarantee.find("failed without each single member") !=
          std::string::npos);
  }
}

TEST_CASE("the profile of a service is reproduced with its stack") {
  Profile profile;
  profile.image.reference = "web:1";
  profile.probe.path = "./web.sh";
  profile.stack = {.files = {"compose.yaml", "more.yaml"},
                   .project_directory = {},
                   .env_file = {},
                   .profiles = {"debug"},
                   .service = "web",
                   .companions = {"db"},
                   .company = CompanyState::kKept,
                   .keeps_volumes = false,
                   .joint = JointProof::kUntried,
                   .disagrees = {}};
  const Reproduction result = reproduction_of(profile);
  CHECK(result.command ==
        "capmin compose --file compose.yaml --file more.yaml --profile debug --service web "
        "--probe web=./web.sh --keep-company");
  CHECK(mentions(result.notes, "capmin verify --full"));
}

TEST_CASE("the command that reproduces a profile names what it was made with") {
  Profile profile;
  profile.image.reference = "web:1";
  profile.add = {kNetAdmin};
  profile.probe = {ProbeKind::kOneshot, "./a probe.sh", "", {"start", "settle"}};
  profile.guarantee = Level::kLeastRisk;
  profile.passed = {{1, {kNetAdmin}, {}, 3, {}, {}}};
  profile.failed = {{2, {}, kNetAdmin, 2, {}, {}}};
  profile.search = {
      {0, Purpose::kBaseline, docker_default_set().with(kNetAdmin).without(kKill), {}, 1}};
  profile.environment.engine = Dialect::kPodman;
  profile.environment.network = "none";
  profile.environment.ports = Ports::kEngine;
  profile.environment.options = {"--env TOKEN", "--read-only"};
  profile.environment.command = {"sh", "-c", "it's"};
  const Reproduction result = reproduction_of(profile);
  CHECK(result.command ==
        "capmin run web:1 --probe './a probe.sh' --oneshot --env TOKEN --read-only --network none "
        "--ports engine --allow NET_ADMIN --deny KILL --least-risk --confirm 2 --engine podman "
        "-- sh -c 'it'\\''s'");
  CHECK(mentions(result.notes, "--settle TIME"));
  CHECK(mentions(result.notes, "Values of variables"));
}

TEST_CASE("what a profile says of its judgement goes before what its trials show") {
  Profile profile = sample_profile();
  profile.probe.scenario = {"start", "settle"};
  profile.judgement = Profile::Judgement{.ceiling = docker_default_set().without(kMknod),
                                         .level = Level::kOneMinimal,
                                         .confirm = 3,
                                         .strict = true,
                                         .timeout = "1500ms",
                                         .settle = "2s"};
  const Reproduction result = reproduction_of(profile);
  CHECK(result.command.find(
            " --deny MKNOD --confirm 3 --strict --timeout 1500ms --settle 2s --engine docker ") !=
        std::string::npos);
  CHECK_FALSE(mentions(result.notes, "--settle TIME"));
}

TEST_CASE("what cannot be repeated is said in place of a command") {
  Profile profile = sample_profile();
  profile.environment.altered = {"--hostname"};
  CHECK(mentions(reproduction_of(profile).notes, "environment.altered"));
  profile.environment.options = {"--privileged yes"};
  const Reproduction result = reproduction_of(profile);
  CHECK(result.command.empty());
  CHECK(mentions(result.notes, "No command repeats this"));
}

TEST_CASE("the risk of a member is the level of its finding") {
  Profile profile = sample_profile();
  profile.add = {kKill, kSetuid, kSysAdmin};
  const std::vector<Finding> findings = findings_of(report_for(profile));
  const auto level = [&](const char* id) {
    return std::ranges::find(findings, std::string(id), &Finding::id)->level;
  };
  CHECK(level("KILL") == Finding::Level::kNote);
  CHECK(level("SETUID") == Finding::Level::kWarning);
  CHECK(level("SYS_ADMIN") == Finding::Level::kError);
}

TEST_CASE("H16: a path becomes a URI, whatever it holds") {
  CHECK(uri_of("profiles/nginx.yaml") == "profiles/nginx.yaml");
  CHECK(uri_of("/a b/c:d%\xc3\xa9") == "file:///a%20b/c%3Ad%25%C3%A9");
}

}  // namespace
}  // namespace capmin
