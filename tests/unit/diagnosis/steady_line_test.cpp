#include "diagnosis/log_lines.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace capmin {
namespace {

TEST_CASE("what loggers write before a message is left out") {
  const std::vector<std::pair<const char*, const char*>> lines{
      {"2026/11/24 07:05:55 [emerg] 1#1: chown(\"/var/lib/nginx/body\", 33) failed (1: x)",
       "chown(\"/var/lib/nginx/body\", 33) failed (1: x)"},
      {"2026/11/24 07:05:55 [error] 31#31: *7 open() failed", "open() failed"},
      {"7:M 24 Nov 2026 07:05:55.123 # bind: Permission denied", "bind: Permission denied"},
      {"[Tue Nov 24 07:05:55.123456 2026] [core:alert] [pid 7] (1)x: AH02156: setgid",
       "(1)x: AH02156: setgid"},
      {"[Tue Nov 24 07:05:55.123456 2026] [mpm:notice] [pid 7:tid 139] AH00489: up", "AH00489: up"},
      {"Nov 24 07:05:55 myhost sshd[123]: fatal: chroot", "sshd: fatal: chroot"},
      {"Nov  4 07:05:55 3f2a9c0d1e4b cron[7]: setgid failed", "cron: setgid failed"},
      {"sshd[123]: fatal: chroot", "sshd: fatal: chroot"},
      {"2026-11-24 07:05:55.123 UTC [33] FATAL:  could not open", "FATAL:  could not open"},
      {"2026-11-24  7:05:00 0 [Warning] Can't create test file", "Can't create test file"},
      {"2026-11-24T07:06:57Z Fatal error : setgroups() failed", "Fatal error : setgroups() failed"},
      {"2026-11-24T07:06:57.123+01:00 fatal", "fatal"},
      {"2026-11-24 07:07:48: (server.c.1606) setgid(): x", "(server.c.1606) setgid(): x"},
      {"2026/11/24 07:03:06 socat[230] E bind(5, x)", "socat E bind(5, x)"},
      {"2026/11/24 07:05:00| ALERT: setgid: (1) x", "ALERT: setgid: (1) x"},
      {"[523] Nov 24 07:05:04 Failed listening on '22'", "Failed listening on '22'"},
      {"[ALERT]    (178) : Binding [h.cfg:10]", "Binding [h.cfg:10]"},
      {"[1795503899] unbound[122:0] error: can't bind", "unbound error: can't bind"},
      {"1795504144: Error setting uid", "Error setting uid"},
      {"[   12.345678] cap: denied", "cap: denied"},
      {"E1124 07:05:04.123456     7 main.go:12] bind", "main.go:12] bind"},
      {"07:05:04.123 bind: x", "bind: x"},
      {"2026.11.24 07:05:04 LOG3[ui]: bind: x", "LOG3[ui]: bind: x"},
      {"loaded at 261124  7:09:25", "loaded at"},
      {"40773B29B87F0000:error:8000000D:system library", "error:8000000D:system library"},
  };
  for (const auto& [line, steady] : lines) {
    CHECK(steady_line(line) == steady);
    CHECK(steady_line(steady) == steady);
  }
}

TEST_CASE("the time fields of structured logs are left out") {
  CHECK(steady_line(R"({"level":"error","ts":1795504144.12,"msg":"bind"})") ==
        R"({"level":"error","msg":"bind"})");
  CHECK(steady_line(R"({"time": "2026-11-24T07:05:55Z", "pid": 7, "msg":"bind"})") ==
        R"({"msg":"bind"})");
  CHECK(steady_line("time=\"2026-11-24T07:05:55Z\" level=error msg=bind") ==
        "level=error msg=bind");
}

TEST_CASE("numbers of processes and addresses in memory are replaced within a message") {
  CHECK(steady_line("kill: can't kill pid 15: x") == "kill: can't kill pid N: x");
  CHECK(steady_line("cat: /proc/15/environ: x") == "cat: /proc/N/environ: x");
  CHECK(steady_line("<Server at 0x7f8d68445080>: x") == "<Server at 0x...>: x");
}

TEST_CASE("what belongs to a message stays") {
  for (const char* line :
       {"(13)Permission denied: AH00072: make_sock: could not bind to address 0.0.0.0:80",
        "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
        "Error: listen EACCES: permission denied 0.0.0.0:80",
        "-e:1:in `chown': Operation not permitted @ apply2files - a (Errno::EPERM)",
        "    at [eval]:1:15 00:11:22:33:44:55 fe80::12:34:56", "error: limit[3] of 0xa80425fb",
        "setuid(33) failed", "10 files, 3 errors", "time=0.5 ms"}) {
    const std::string text(line);
    CHECK(steady_line(text) == text.substr(text.find_first_not_of(' ')));
  }
}

TEST_CASE("a line that is nothing but a time stays") {
  CHECK(steady_line("2026-11-24 07:05:55").find("2026") == 0);
  CHECK(steady_line("").empty());
}

}  // namespace
}  // namespace capmin
