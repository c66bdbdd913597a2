#include "run/script.h"

#include "core/error.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>
#include <vector>

namespace capmin {
namespace {

using std::string;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Whether the file is for people, not for the kernel or a program of another machine.
bool is_text(std::string_view text) {
  return std::ranges::all_of(text.substr(0, 512), [](char letter) {
    return letter >= ' ' || letter == '\n' || letter == '\t' || letter == '\r' || letter < 0;
  });
}

bool is_executable(const string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

bool is_in_path(const string& program) {
  const char* const path = std::getenv("PATH");
  const std::vector<string> places = split(path == nullptr ? "/bin:/usr/bin" : path, ':');
  return std::ranges::any_of(places, [&program](const string& place) {
    return is_executable((place.empty() ? "." : place) + '/' + program);
  });
}

/// The words of a first line "#!PROGRAM WORD...".
std::vector<string> words_of(std::string_view line) {
  std::vector<string> words = split(line, ' ');
  std::erase(words, "");
  return words;
}

/// The program that env(1) would run; empty where its options leave that open.
string program_of_env(const std::vector<string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-S" || words[i].find('=') != string::npos) continue;
    return words[i].starts_with('-') ? "" : words[i];
  }
  return {};
}

}  // namespace

void check_interpreter(const string& role, const string& path, std::string_view text,
                       ScriptPlace place) {
  const auto fail = [what = role + ' ' + path](const string& why, const string& hint) {
    throw Error(ExitCode::kUsage, what + ' ' + why, hint);
  };
  const string quoted = shell_quoted(path);
  if (text.empty()) fail("is empty", "write what tells whether the container works");
  if (text.starts_with(kByteOrderMark)) {
    fail("begins with a byte order mark, so that the kernel does not find its interpreter",
         "sed -i '1s/^\\xEF\\xBB\\xBF//' " + quoted);
  }
  if (!text.starts_with("#!")) {
    if (!is_text(text)) return;
    fail("cannot be executed: its first line does not name what it is written for",
         "sed -i '1i #!/bin/sh' " + quoted + ", if it is a script for the shell");
  }
  const std::string_view line = text.substr(2, text.find('\n') - 2);
  if (line.ends_with('\r')) {
    fail("has the line ends of Windows (CRLF), so that its interpreter is not found",
         "sed -i 's/\\r$//' " + quoted);
  }
  const std::vector<string> words = words_of(line);
  if (words.empty()) fail("names no interpreter behind #! in its first line", "write #!/bin/sh");
  if (place == ScriptPlace::kContainer) return;
  const string mend = "install it, or name another in the first line of " + quoted;
  if (!is_executable(words.front())) {
    fail("cannot be executed: its interpreter " + shown(words.front()) + " is not there", mend);
  }
  const string program = words.front().ends_with("/env") ? program_of_env(words) : "";
  if (program.empty()) return;
  if (program.find('/') == string::npos ? !is_in_path(program) : !is_executable(program)) {
    fail("cannot be executed: its interpreter " + shown(program) + " is not in PATH", mend);
  }
}

}  // namespace capmin
