#include "diagnosis/rule_table.h"

#include "core/error.h"
#include "text/embedded.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace capmin {
namespace {

const RuleTable& table() {
  static const RuleTable embedded = RuleTable::parse(embedded_rules(), "rules.yaml");
  return embedded;
}

TEST_CASE("the embedded rules, which are read without trying their patterns, are valid") {
  const RuleFile tried = read_rules(embedded_rules(), "rules.yaml");
  const RuleTable untried = RuleTable::embedded();
  REQUIRE(tried.rules.size() == untried.rules().size());
  for (std::size_t i = 0; i < tried.rules.size(); ++i) {
    CHECK(tried.rules[i].patterns == untried.rules()[i].patterns);
  }
}

std::vector<Clue> clues_in(const std::string& log) {
  return table().clues({log, {}, true, 1});
}

/// The first suspect of a log that gives one clue; "" when it gives none.
std::string first_suspect(const std::string& log) {
  const std::vector<Clue> clues = clues_in(log);
  return clues.empty() ? "" : to_string(clues.front().suspects.front());
}

std::string rule_file(const std::string& extra = {}, const std::string& suspects = "[KILL]") {
  return "rules:\n  - id: a\n    patterns: ['stop']\n    suspects: " + suspects +
         "\n    reason: r\n    check: c\n" + extra;
}

std::string refusal_of(const std::string& yaml) {
  try {
    RuleTable::parse(yaml, "my.yaml");
  } catch (const Error& e) {
    CHECK(e.code() == ExitCode::kUsage);
    return e.what();
  }
  return "accepted";
}

TEST_CASE("a rule says whether most programs do without, and its clues do as well") {
  const RuleTable table = RuleTable::parse(rule_file("    optional: true\n"), "my.yaml");
  CHECK(table.clues({"stop\n", {}, true, 1}).front().optional);
  CHECK_FALSE(RuleTable::parse(rule_file(), "my.yaml").rules().front().optional);
  CHECK(clues_in("setrlimit: Operation not permitted\n").front().optional);
  CHECK_FALSE(clues_in("chown: Operation not permitted\n").front().optional);
}

TEST_CASE("no rule is called like what is watched") {
  for (const std::string id : {"kernel", "strace"}) {
    std::string file = rule_file();
    CHECK(refusal_of(file.replace(file.find("id: a"), 5, "id: " + id)).find("watched") !=
          std::string::npos);
  }
}

TEST_CASE("a clue carries everything that a person needs") {
  const std::vector<Clue> clues =
      clues_in("chown(\"/var/lib/nginx/body\", 33) failed (1: Operation not permitted)\n");
  REQUIRE(clues.size() == 1);
  CHECK(clues[0].rule == "chown");
  CHECK(clues[0].line == "chown(\"/var/lib/nginx/body\", 33) failed (1: Operation not permitted)");
  CHECK(clues[0].suspects.front() == CapabilitySet{Capability::kChown});
  CHECK_FALSE(clues[0].vague);
  CHECK_FALSE(clues[0].reason.empty());
  CHECK_FALSE(clues[0].check.empty());
  CHECK_FALSE(clues[0].alternative.empty());
}

TEST_CASE("the three classic errors of containers are known") {
  CHECK(first_suspect("Error: EACCES: permission denied, open "
                      "'/etc/ssl/certs/ca-certificates.crt'") == "DAC_OVERRIDE");
  CHECK(first_suspect("Error: listen EACCES: permission denied 0.0.0.0:80") == "NET_BIND_SERVICE");
  CHECK(first_suspect("Error: EPERM: operation not permitted, open '/proc/net/if_inet6'") ==
        "NET_ADMIN");
}

TEST_CASE("a port of 1024 or more needs no capability, an unknown one still suspects") {
  CHECK(first_suspect("listen tcp :443: bind: permission denied") == "NET_BIND_SERVICE");
  CHECK(first_suspect("listen tcp :1023: bind: permission denied") == "NET_BIND_SERVICE");
  CHECK(first_suspect("listen tcp :1024: bind: permission denied").empty());
  CHECK(first_suspect("Error: listen EACCES: permission denied 0.0.0.0:8080").empty());
  CHECK(first_suspect("httpd: bind: Permission denied") == "NET_BIND_SERVICE");
}

TEST_CASE("JSON logs are read like plain ones") {
  CHECK(first_suspect(R"({"msg":"open \"/var/log/x\" failed: \"permission denied\""})") ==
        "DAC_OVERRIDE");
  CHECK(clues_in(R"({"msg":"\"/srv/x\": permission denied"})").front().rule == "open-file");
  CHECK(first_suspect(R"({"msg":"chown: operation\u0020not\u0020permitted"})") == "CHOWN");
}

TEST_CASE("errors in other languages are read like English ones") {
  CHECK(first_suspect("chown: Die Operation ist nicht erlaubt") == "CHOWN");
  CHECK(first_suspect("cat: /etc/shadow: Permission non accordée") == "DAC_OVERRIDE");
  CHECK(first_suspect("kill: 不允许的操作") == "KILL");
}

TEST_CASE("the call under which an error stands decides about an error without one") {
  const std::string error = "PermissionError: [Errno 1] Operation not permitted\n";
  CHECK(first_suspect("    os.setuid(33)\n" + error) == "SETUID");
  CHECK(first_suspect("    os.setgroups([])\n" + error) == "SETGID");
  CHECK(clues_in(error).front().vague);
}

TEST_CASE("the call of an earlier error does not explain a later one") {
  const std::string error = "PermissionError: [Errno 1] Operation not permitted";
  const std::vector<Clue> clues =
      clues_in("  os.setuid(33)\n" + error + "\n  os.chroot('/')\n" + error + ": '/'\n");
  REQUIRE(clues.size() == 2);
  CHECK(clues[0].rule == "traceback-setuid");
  CHECK(clues[1].rule == "traceback-chroot");
}

TEST_CASE("a capability that the log names is the suspect") {
  CHECK(first_suspect("this daemon requires CAP_SYS_NICE") == "SYS_NICE");
  CHECK(first_suspect("CAP_IPC_LOCK is required to lock memory") == "IPC_LOCK");
  CHECK(first_suspect("this daemon requires CAP_FLYING").empty());
}

TEST_CASE("equal lines give one clue, also when only their numbers differ") {
  CHECK(
      clues_in("12: chown: Operation not permitted\n13: chown: Operation not permitted\n").size() ==
      1);
}

TEST_CASE("the engine's message is the last word") {
  const Evidence evidence{"chown: Operation not permitted\n",
                          "exec /usr/bin/server: operation not permitted", true, 1};
  const std::vector<Clue> clues = table().clues(evidence);
  REQUIRE(clues.size() == 2);
  CHECK(clues[1].rule == "exec-eperm");
}

TEST_CASE("what a clue shows is fit for a terminal and holds no secret") {
  const std::vector<Clue> clues =
      clues_in("\x1b[31mopen /x: Permission denied\x1b[0m password=abc\n");
  REQUIRE(clues.size() == 1);
  CHECK(clues[0].line == "open /x: Permission denied password=[masked]");
}

TEST_CASE("a flood of different errors gives the first and the last clues") {
  std::string log;
  for (int i = 0; i < 2000; ++i) {
    log += "open /" + std::string(static_cast<std::size_t>(i % 50), 'x') +
           std::string(static_cast<std::size_t>(i / 50), 'y') + ": Permission denied\n";
  }
  const std::vector<Clue> clues = clues_in(log + "chown: Operation not permitted\n");
  CHECK(clues.size() == 200);
  CHECK(clues.back().rule == "chown");
}

TEST_CASE("H8: lines of a megabyte are matched by every rule in a moment") {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string piece :
       {"a", " ", "(", "/x/", "open ", "permission denied ", "cap_", "\\u0041"}) {
    std::string line;
    while (line.size() < (1U << 20U)) {
      line += piece;
    }
    const std::vector<Clue> clues = clues_in(line + "\nchown: Operation not permitted\n");
    CHECK(clues.back().rule == "chown");
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("conditions on a path and on the exit status leave a line to later rules") {
  const RuleTable own = RuleTable::parse(
      rule_file(
          "  - id: b\n    patterns: ['read (?P<path>\\S+)']\n    when: {path_under: [/proc/]}\n"
          "    suspects: [SYSLOG]\n    reason: r\n    check: c\n"
          "  - id: c\n    patterns: ['read']\n    when: {exit_status: [3]}\n"
          "    suspects: [CHOWN]\n    reason: r\n    check: c\n"),
      "my.yaml");
  const auto rule = [&own](const char* line, int status) {
    const std::vector<Clue> clues = own.clues({line, {}, true, status});
    return clues.empty() ? "" : clues.front().rule;
  };
  CHECK(rule("read /proc/kmsg", 0) == "b");
  CHECK(rule("read /etc/x", 3) == "c");
  CHECK(rule("read /etc/x", 0).empty());
}

TEST_CASE("a suspect may be several capabilities together") {
  const RuleTable own = RuleTable::parse(rule_file({}, "[[SETUID, setgid], CAP_KILL]"), "my.yaml");
  const CapabilitySet both{Capability::kSetuid, Capability::kSetgid};
  CHECK(own.rules().front().suspects == std::vector{both, CapabilitySet{Capability::kKill}});
}

TEST_CASE("a wrong rule file is refused with the place of the fault") {
  CHECK(refusal_of(rule_file()) == "accepted");
  CHECK(refusal_of("rules: 1\n") == "my.yaml:1:8: expected a list, found 1");
  CHECK(refusal_of("") == "my.yaml:1:1: is empty");
  CHECK(refusal_of(rule_file("    colour: red\n")) == "my.yaml:7:5: unknown key \"colour\"");
  CHECK(refusal_of(rule_file({}, "[FLYING]")) == "my.yaml:4:16: unknown capability \"FLYING\"");
  CHECK(refusal_of(rule_file({}, "[]")) == "my.yaml:4:15: an empty list");
  CHECK(refusal_of(rule_file("    innocent: true\n")) ==
        "my.yaml:4:15: an innocent rule has no \"suspects\"");
  CHECK(refusal_of(rule_file("  - id: a\n    patterns: [x]\n    suspects: [KILL]\n"
                             "    reason: r\n    check: c\n")) ==
        "my.yaml:7:9: the id \"a\" stands twice");
  CHECK(refusal_of("rules:\n  - id: a\n    patterns: ['(']\n")
            .find("my.yaml:3:16: the pattern is not valid: missing )") == 0);
  CHECK(refusal_of("rules:\n  - id: a\n    patterns: ['x*']\n") ==
        "my.yaml:3:16: the pattern is not valid: it matches every line");
  CHECK(refusal_of("rules:\n  - id: a\n    patterns: ['((x{1000}){1000}){10}']\n")
            .find("my.yaml:3:16: the pattern is not valid") == 0);
}

TEST_CASE(
    "a call that Docker's seccomp filter refuses whatever is granted gives a clue all the same") {
  const std::vector<Clue> clues = clues_in("keyctl_get_keyring_ID: Operation not permitted");
  REQUIRE(clues.size() == 1);
  CHECK(clues[0].rule == "keyring");
  CHECK(clues[0].suspects.empty());
  CHECK(clues[0].seccomp == std::vector<std::string>{"keyctl", "add_key", "request_key"});
  CHECK(ranked_suspects(clues, true).empty());
}

TEST_CASE("a refused mount suspects what the kernel and the filter ask for") {
  const std::vector<Clue> clues = clues_in("mount: permission denied (are you root?)");
  REQUIRE(clues.size() == 1);
  CHECK(clues[0].suspects.front() == CapabilitySet{Capability::kSysAdmin});
  CHECK(clues[0].seccomp.front() == "mount");
}

TEST_CASE("a rule may do without suspects only where it names refused calls, and those rightly") {
  const std::string rule =
      "rules:\n  - id: a\n    patterns: ['stop']\n    reason: r\n    check: c\n";
  CHECK(refusal_of(rule) != "accepted");
  CHECK(refusal_of(rule + "    seccomp: [keyctl]\n") == "accepted");
  CHECK(refusal_of(rule + "    seccomp: [keyctl, chown]\n") ==
        "my.yaml:6:23: Docker's default seccomp filter does not refuse \"chown\"");
  CHECK(refusal_of(rule + "    seccomp: []\n") != "accepted");
}

TEST_CASE("a rule may say that no grant helps, and its lines give a clue with what to do instead") {
  const std::string rule =
      "rules:\n  - id: a\n    patterns: ['stop']\n    suspects: none\n    reason: r\n"
      "    check: c\n    alternative: \"--device\"\n";
  Evidence evidence;
  evidence.log = "stop\n";
  const std::vector<Clue> clues = RuleTable::parse(rule, "my.yaml").clues(evidence);
  REQUIRE(clues.size() == 1);
  CHECK(clues[0].suspects.empty());
  CHECK(clues[0].alternative == "--device");
  CHECK(ranked_suspects(clues, true).empty());
  CHECK(refusal_of(rule_file({}, "nothing")).find("my.yaml:4:15: expected a list") == 0);
}

TEST_CASE("a rule may leave lines that hold something else to later rules") {
  const RuleTable table =
      RuleTable::parse(rule_file("    when: {without: 'slowly'}\n"
                                 "  - id: b\n    patterns: ['stop']\n    suspects: [CHOWN]\n"
                                 "    reason: r\n    check: c\n"),
                       "my.yaml");
  CHECK(table.rule_for("stop")->id == "a");
  CHECK(table.rule_for("stop SLOWLY")->id == "b");
  CHECK(refusal_of(rule_file("    when: {without: '('}\n")).find("the pattern is not valid") !=
        std::string::npos);
}

TEST_CASE("a rule may suspect something else of programs of some names, wherever they lie") {
  const std::string rule =
      "rules:\n  - id: a\n    patterns: ['run (?P<program>\\S+)']\n    suspects: [KILL]\n"
      "    reason: r\n    check: c\n    programs:\n";
  const RuleTable table =
      RuleTable::parse(rule + "      - {names: [ping, mtr], suspects: [NET_RAW]}\n", "my.yaml");
  const auto suspected = [&table](const char* log) {
    Evidence evidence;
    evidence.log = log;
    return to_string(table.clues(evidence).at(0).suspects.at(0));
  };
  CHECK(suspected("run ping") == "NET_RAW");
  CHECK(suspected("run /usr/bin/mtr") == "NET_RAW");
  CHECK(suspected("run /ping/other") == "KILL");
  CHECK(suspected("run pinger") == "KILL");
  CHECK(refusal_of(rule + "      - {names: [ping]}\n") != "accepted");
  CHECK(refusal_of(rule + "      - {names: [], suspects: [KILL]}\n") != "accepted");
  CHECK(refusal_of(rule + "      - {names: [ping], suspects: [KILL], else: 1}\n") != "accepted");
}

TEST_CASE("a log names a capability in any spelling, and by its number") {
  CHECK(first_suspect("missing required capability NET_ADMIN") == "NET_ADMIN");
  CHECK(first_suspect("start the container with --cap-add IPC_LOCK") == "IPC_LOCK");
  CHECK(first_suspect("failed to raise ambient [cap_setpcap=8]") == "SETPCAP");
  CHECK(first_suspect("try: setcap cap_net_raw+ep /usr/bin/scan") == "NET_RAW");
  CHECK(first_suspect("this requires capability 21") == "SYS_ADMIN");
  CHECK(first_suspect("this requires capability 63").empty());
}

TEST_CASE("translations are refused when they cannot be searched for") {
  const auto with = [](const std::string& english, const std::string& form) {
    return "translations:\n  - {english: '" + english + "', forms: ['" + form + "']}\n" +
           rule_file();
  };
  CHECK(refusal_of(with("denied", "verweigert")) == "accepted");
  CHECK(refusal_of(with("\\1", "verweigert")) == "my.yaml:2:15: a translation has no backslash");
  CHECK(refusal_of(with("denied", std::string(200'000, 'x')))
            .find("my.yaml:2:3: the translations are not valid: ") == 0);
}

TEST_CASE("every capability is the first suspect of some rule or is named by a log") {
  for (const CapabilityInfo& row : all_capabilities()) {
    CHECK(first_suspect("CAP_" + std::string(row.name) + " is required") == row.name);
  }
}

std::string extension_refusal(const std::string& yaml) {
  try {
    RuleTable::extended(yaml, "my.yaml");
  } catch (const Error& e) {
    CHECK(e.code() == ExitCode::kUsage);
    return e.what();
  }
  return "accepted";
}

TEST_CASE("the rules of a file are asked before the embedded ones") {
  const RuleTable extended = RuleTable::extended(
      "rules:\n  - id: a\n    patterns: ['chown']\n    suspects: [KILL]\n    reason: r\n    check: "
      "c\n",
      "my.yaml");
  CHECK_FALSE(extended.replaces());
  CHECK(extended.rules().size() == table().rules().size() + 1);
  CHECK(extended.rule_for("chown: Operation not permitted")->id == "a");
  CHECK(extended.rule_for("listen tcp :80: bind: permission denied")->id == "bind-port");
}

TEST_CASE("a file that replaces the embedded table is alone, and may use its ids") {
  const RuleTable alone = RuleTable::extended("replace: true\n" + rule_file(), "my.yaml");
  CHECK(alone.replaces());
  CHECK(alone.rules().size() == 1);
  CHECK(alone.rule_for("listen tcp :80: bind: permission denied") == nullptr);
  const std::string taken =
      "rules:\n  - id: chown\n    patterns: ['x']\n    suspects: [KILL]\n    reason: r\n    check: "
      "c\n";
  CHECK(extension_refusal(taken) == "my.yaml:2:9: the id \"chown\" stands in the embedded table");
  CHECK(extension_refusal("replace: true\n" + taken) == "accepted");
}

TEST_CASE("a translation of a file is read in English by the embedded rules") {
  const RuleTable extended = RuleTable::extended(
      "translations:\n  - english: 'Operation not permitted'\n    forms: ['verboden is "
      "dat']\nrules: []\n",
      "my.yaml");
  CHECK(extended.rule_for("chown: Verboden is dat")->id == "chown");
}

TEST_CASE("texts that people are shown hold no escapes") {
  for (const char* text : {R"("\e[31mred")", R"("a\nb")", R"(" a")", "\"a\\u202eb\""}) {
    CHECK(extension_refusal(
              "rules:\n  - id: a\n    patterns: ['x']\n    suspects: [KILL]\n    reason: " +
              std::string(text) + "\n    check: c\n")
              .starts_with("my.yaml:5:13: "));
  }
}

TEST_CASE("a decision tells the rule of each line, and whether its conditions hold") {
  std::vector<std::string> seen;
  table().decide_each(
      "ready\nlisten tcp :80: bind: permission denied\n\n"
      "listen tcp :8080: bind: permission denied\n",
      [&seen](const RuleTable::Decision& decision) {
        seen.push_back((decision.rule == nullptr ? "-" : decision.rule->id) + ' ' +
                       std::to_string(decision.suspects.size()));
      });
  CHECK(seen == std::vector<std::string>{"- 0", "bind-port 1", "bind-port 0"});
}

TEST_CASE("a refused execution names its program, also one that is looked up in PATH") {
  const auto program = [](const std::string& line) { return clues_in(line).at(0).program; };
  CHECK(program("exec /usr/local/bin/tool: operation not permitted") == "/usr/local/bin/tool");
  CHECK(program("sh: 1: ping: Operation not permitted") == "ping");
  CHECK(program("/start.sh: 4: ping: Operation not permitted") == "ping");
  CHECK(program("/start.sh: line 4: /bin/ping: Operation not permitted") == "/bin/ping");
  CHECK(program("Error: spawn tool EPERM") == "tool");
  CHECK(program("chown: /data: Operation not permitted").empty());
}

}  // namespace
}  // namespace capmin
