#include "diagnosis/probe_fault.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

TEST_CASE("a probe that lacks a program, or is no valid script, is at fault itself") {
  for (const char* line : {
           "./probe.sh: 3: nc: not found",
           "./probe.sh: line 3: nc: not found",
           "/tmp/x: 3: nc: not found",
           "/tmp/x: line 3: nc: command not found",
           "sh: nc: not found",
           "sh: 1: exec: nc: not found",
           "zsh:1: command not found: nc",
           "./p[3]: nc: inaccessible or not found",
           "/usr/bin/env: 'python3': No such file or directory",
           "env: \u2018node\u2019: No such file or directory",
           "bash: ./p: /bin/foo: bad interpreter: No such file or directory",
           "p: line 1: /usr/bin/jq: cannot execute binary file: Exec format error",
           "p: cannot execute: required file not found",
           "p: 3: Syntax error: \"fi\" unexpected",
           "p: line 3: syntax error near unexpected token `fi'",
           "p: line 9: syntax error: unexpected end of file",
           "SyntaxError: invalid syntax",
           "ModuleNotFoundError: No module named 'requests'",
           "Error: Cannot find module 'pg'",
           "Can't locate DBI.pm in @INC (you may need to install the DBI module)",
           "OCI runtime exec failed: exec failed: unable to start container process: exec: "
           "\"curl\": executable file not found in $PATH: unknown",
           "Error: crun: executable file `curl` not found in $PATH: No such file or directory",
       }) {
    CAPTURE(line);
    CHECK(probe_fault(std::string("connecting\n") + line + "\nno answer\n", 1) == line);
  }
}

TEST_CASE("a probe that judged is not at fault, whatever it says") {
  for (const char* line : {
           "curl: (22) The requested URL returned error: 404 Not Found",
           "curl: (7) Failed to connect to 172.17.0.2 port 80: Connection refused",
           "/index.html: not found",
           "user app: not found",
           "psql: ERROR: syntax error at or near \"SELEC\"",
           "SyntaxError: Unexpected token < in JSON at position 0",
           "Get \"http://172.17.0.2\": unexpected EOF",
           "cat: /data/ready: No such file or directory",
           "the table was not found",
           "OCI runtime exec failed: exec: \"ping\": operation not permitted",
       }) {
    CAPTURE(line);
    CHECK_FALSE(probe_fault(std::string(line) + '\n', 1));
  }
  CHECK_FALSE(probe_fault("", 1));
  CHECK_FALSE(probe_fault("", {}));
}

TEST_CASE("the statuses 126 and 127 are a fault without such words, too") {
  CHECK(probe_fault("looking\nnc is not there\n", 127) == "nc is not there");
  CHECK(probe_fault("", 126) == "exit status 126");
}

TEST_CASE("a program that may not be executed inside the container is no fault of the probe") {
  CHECK_FALSE(probe_fault("exec failed: exec: \"/bin/ping\": operation not permitted\n", 126));
  CHECK_FALSE(probe_fault("/bin/ping: Permission denied\n", 126));
}

TEST_CASE("what is told of a fault is fit for a terminal") {
  CHECK(probe_fault("\x1b[31mp: 3: nc: not found\r\n", 127) == "p: 3: nc: not found");
}

}  // namespace
}  // namespace capmin
