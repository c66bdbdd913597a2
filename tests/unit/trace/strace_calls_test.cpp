#include "diagnosis/pattern.h"
#include "text/embedded.h"
#include "text/words.h"
#include "trace/strace_log.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

namespace capmin {
namespace {

using enum Capability;

/// The first suspect.
CapabilitySet first(const char* call, const char* error, const char* arguments = "") {
  const auto suspects =
      suspects_of({.call = call, .error = error, .arguments = arguments, .process = ""});
  return suspects.empty() ? CapabilitySet{} : suspects.front();
}

}  // namespace

TEST_CASE("a denied system call suspects the capability that opens it") {
  CHECK(first("bind", "EACCES", "6, {sa_family=AF_INET, sin_port=htons(80)}") ==
        CapabilitySet{kNetBindService});
  CHECK(first("bind", "EACCES", "6, {sa_family=AF_INET6, sin6_port=htons(8080)}").empty());
  CHECK(first("bind", "EACCES", "6, {sa_family=AF_UNIX, sun_path=\"/run/x\"}") ==
        CapabilitySet{kDacOverride});
  CHECK(first("fchownat", "EPERM") == CapabilitySet{kChown});
  CHECK(first("setresuid", "EPERM") == CapabilitySet{kSetuid});
  CHECK(first("setgroups", "EPERM") == CapabilitySet{kSetgid});
  CHECK(first("mount", "EPERM") == CapabilitySet{kSysAdmin});
  CHECK(first("clone", "EPERM", "child_stack=NULL, flags=CLONE_NEWNS") == CapabilitySet{kSysAdmin});
  CHECK(first("chroot", "EPERM") == CapabilitySet{kSysChroot});
  CHECK(first("mknod", "EPERM") == CapabilitySet{kMknod});
  CHECK(first("fchmod", "EPERM") == CapabilitySet{kFowner});
  CHECK(first("kill", "EPERM") == CapabilitySet{kKill});
  CHECK(first("socket", "EPERM", "AF_PACKET, SOCK_DGRAM, 0") == CapabilitySet{kNetRaw});
  CHECK(first("socket", "EACCES", "AF_INET, SOCK_DGRAM, IPPROTO_ICMP") == CapabilitySet{kNetRaw});
  CHECK(first("socket", "EACCES", "AF_INET, SOCK_STREAM, IPPROTO_IP").empty());
  CHECK(first("ioctl", "EPERM", "3, SIOCSIFFLAGS, {}") == CapabilitySet{kNetAdmin});
  CHECK(first("setpriority", "EACCES") == CapabilitySet{kSysNice});
  CHECK(first("mlockall", "ENOMEM") == CapabilitySet{kIpcLock});
  CHECK(first("setxattr", "EPERM", "\"/x\", \"security.capability\", \"\", 20, 0") ==
        CapabilitySet{kSetfcap});
}

TEST_CASE("who only reads a file needs less than who writes it") {
  const auto reading = suspects_of({.call = "openat",
                                    .error = "EACCES",
                                    .arguments = "AT_FDCWD, \"/etc/shadow\", O_RDONLY|O_CLOEXEC",
                                    .process = ""});
  CHECK(std::ranges::count(reading, CapabilitySet{kDacReadSearch}) == 1);
  const auto writing = suspects_of({.call = "openat",
                                    .error = "EACCES",
                                    .arguments = "AT_FDCWD, \"/x\", O_WRONLY|O_CREAT, 0666",
                                    .process = ""});
  CHECK(writing.front() == CapabilitySet{kDacOverride});
  CHECK(std::ranges::count(writing, CapabilitySet{kDacReadSearch}) == 0);
}

TEST_CASE("what is asked for at once is suspected at once") {
  CHECK(first("capset", "EPERM", "NET_BIND_SERVICE SYS_TIME") ==
        CapabilitySet{kNetBindService, kSysTime});
  CHECK(first("prctl", "EPERM", "PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0") ==
        CapabilitySet{kNetAdmin});
  CHECK(first("prctl", "EPERM", "PR_CAPBSET_DROP, CAP_NET_ADMIN") == CapabilitySet{kSetpcap});
  CHECK(first("capset", "EPERM").empty());
}

TEST_CASE("a program's own words choose no suspect") {
  const auto suspects = suspects_of({.call = "openat",
                                     .error = "EACCES",
                                     .arguments = "AT_FDCWD, \"O_WRONLY\", O_RDONLY",
                                     .process = ""});
  CHECK(std::ranges::count(suspects, CapabilitySet{kDacReadSearch}) == 1);
}

TEST_CASE("what no capability opens has no suspect") {
  CHECK(first("read", "EACCES").empty());
  CHECK(first("execve", "EPERM").empty());
}

TEST_CASE("every name and pattern of the table is one") {
  std::istringstream lines{std::string(embedded_strace_calls())};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    CAPTURE(line);
    const std::vector<std::string> columns = split(line, ';');
    REQUIRE(columns.size() == 4);
    CHECK(pattern_error(columns[2]).empty());
    for (const std::string& name : split(columns[3].substr(1), ' ')) {
      CHECK((name == "-" || capability_named(name)));
    }
  }
}

TEST_CASE("strace is asked for the calls of the table, each once and none by force") {
  const std::string calls = ',' + traced_calls() + ',';
  for (const char* const call : {"chown", "bind", "openat", "mlock2", "capset"}) {
    const std::string entry = std::string(",?") + call + ',';
    const std::size_t place = calls.find(entry);
    REQUIRE(place != std::string::npos);
    CHECK(calls.find(entry, place + 1) == std::string::npos);
  }
  CHECK(calls.find(",?read,") == std::string::npos);
}

}  // namespace capmin
