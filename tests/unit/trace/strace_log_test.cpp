#include "trace/strace_log.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

std::vector<FailedCall> read(std::string_view text) {
  StraceLog log;
  log.append(text);
  return log.failed_calls();
}

}  // namespace

TEST_CASE("a call that was denied is kept with its process, arguments and count") {
  const auto calls = read(
      "12<nginx> chown(\"/var/lib/nginx\", 33, 4294967295) = -1 EPERM (Operation not permitted)\n"
      "13<nginx> chown(\"/var/lib/nginx\", 33, 4294967295) = -1 EPERM (Operation not permitted)\n"
      "13<nginx> openat(AT_FDCWD, \"/x\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
      "13<nginx> bind(6, {sa_family=AF_INET, sin_port=htons(80), "
      "sin_addr=inet_addr(\"0.0.0.0\")}, 16) = -1 EACCES (Permission denied)\n");
  REQUIRE(calls.size() == 2);
  CHECK(calls[0] == FailedCall{.call = "chown",
                               .error = "EPERM",
                               .arguments = "\"/var/lib/nginx\", 33, 4294967295",
                               .process = "nginx",
                               .count = 2});
  CHECK(to_text(calls[0]) == "nginx: chown(\"/var/lib/nginx\", 33, 4294967295) = EPERM, 2 times");
  CHECK(calls[1].call == "bind");
  CHECK(calls[1].error == "EACCES");
}

TEST_CASE("of a capset that was denied the names are kept of what it asked for") {
  const auto calls = read(
      "7<chronyd> capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, "
      "{effective=1<<CAP_NET_BIND_SERVICE|1<<CAP_SYS_TIME, "
      "permitted=1<<CAP_NET_BIND_SERVICE|1<<CAP_SYS_TIME, inheritable=0}) = -1 EPERM (Operation "
      "not permitted)\n");
  REQUIRE(calls.size() == 1);
  CHECK(to_text(calls[0]) == "chronyd: capset(NET_BIND_SERVICE SYS_TIME) = EPERM");
}

TEST_CASE("lines may arrive in pieces of any size") {
  const std::string text =
      "strace: Process 7 attached\n7<a> setuid(33)   = -1 EPERM (Operation not permitted)\n";
  StraceLog log;
  for (const char letter : text) {
    log.append({&letter, 1});
  }
  CHECK(log.attached());
  REQUIRE(log.failed_calls().size() == 1);
  CHECK(log.failed_calls()[0].call == "setuid");
}

TEST_CASE("what a program puts into its arguments is no line and no result") {
  const auto calls = read(
      "5<x> unlink(\"a\\n6<y> chown(\\\"/etc\\\", 0) = -1 EPERM (x)\") = -1 ENOENT (No such file)\n"
      "5<x> unlink(\"b) = -1 EPERM (\") = 0\n"
      "5<x> unlink(\") = 0\") = -1 EACCES (Permission denied)\n");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].call == "unlink");
  CHECK(calls[0].error == "EACCES");
  CHECK(calls[0].arguments == "\") = 0\"");
}

TEST_CASE("a hostile name of a process ends where strace ends it") {
  const auto calls =
      read("5<a\\76 chown(1\\33\"> setgid(1) = -1 EPERM (Operation not permitted)\n");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].call == "setgid");
  CHECK(calls[0].process == "a\\76 chown(1\\33\"");
}

TEST_CASE("the second half of an interrupted call is kept without its arguments") {
  const auto calls = read("5<a> <... setgroups resumed>) = -1 EPERM (Operation not permitted)\n");
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].call == "setgroups");
  CHECK(calls[0].arguments.empty());
}

TEST_CASE("locking memory is denied by other errors, too") {
  CHECK(read("5<a> mlockall(MCL_CURRENT) = -1 ENOMEM (Cannot allocate memory)\n").size() == 1);
  CHECK(read("5<a> mmap(NULL, 5) = -1 ENOMEM (Cannot allocate memory)\n").empty());
}

TEST_CASE("other lines and broken ones say nothing") {
  for (const char* const line :
       {"", "5", "5<", "5<a>", "5<a> ", "5<a> (", "5<a> chown(", "5<a> chown(\"",
        "chown() = -1 EPERM", "5<a> +++ exited with 0 +++", "5<a> --- SIGCHLD ---",
        "5<a> chown(1) = ?", "5<a> chown(1 <unfinished ...>", "5<a chown(1) = -1 EPERM (x)"}) {
    CAPTURE(line);
    CHECK(read(std::string(line) + '\n').empty());
  }
}

TEST_CASE("what strace says of itself is kept") {
  StraceLog log;
  log.append("strace: attach: ptrace(PTRACE_SEIZE, 7): Operation not permitted\nstrace: more\n");
  CHECK_FALSE(log.attached());
  CHECK(log.complaint() == "attach: ptrace(PTRACE_SEIZE, 7): Operation not permitted");
}

TEST_CASE("memory is bounded") {
  StraceLog log;
  log.append("5<a> chown(\"" + std::string(1U << 20U, 'a') + "\") = -1 EPERM (x)\n");
  CHECK(log.failed_calls().empty());
  for (int i = 0; i < 1000; ++i) {
    log.append("5<a> chown(\"" + std::to_string(i) + "\") = -1 EPERM (x)\n");
  }
  CHECK_FALSE(log.failed_calls().empty());
  CHECK(log.failed_calls().size() < 1000);
}

TEST_CASE("strace that was started by its path is heard, too") {
  StraceLog log;
  log.append("/usr/bin/strace: Process 19804 attached\n");
  CHECK(log.attached());
}

}  // namespace capmin
