#include "run/terminal.h"

#include "text/display.h"
#include "text/words.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <pty.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

namespace capmin {
namespace {

using namespace std::chrono_literals;

constexpr Pace kNever{.redraw = 1h, .heartbeat = 1h};

/// A terminal of so many columns, and what was written to it.
class Screen {
 public:
  explicit Screen(unsigned short columns) {
    ::setenv("TERM", "xterm", 1);
    winsize size{.ws_row = 30, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    int end = -1;
    REQUIRE(::openpty(&master_, &end, nullptr, nullptr, &size) == 0);
    stream_ = ::fdopen(end, "w");
  }
  ~Screen() {
    static_cast<void>(std::fclose(stream_));
    ::close(master_);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  std::FILE* stream() { return stream_; }
  void resize(unsigned short columns) const {
    const winsize size{.ws_row = 30, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(master_, TIOCSWINSZ, &size);
  }
  /// What is to be seen now; fails where something does what this does not know.
  std::vector<std::string> lines() {
    // What was written arrives in pieces: until this does.
    constexpr char kEnd = '\x05';
    static_cast<void>(std::fputc(kEnd, stream_));
    static_cast<void>(std::fflush(stream_));
    std::string bytes;
    while (!bytes.ends_with(kEnd)) {
      std::array<char, 4096> piece{};
      const ssize_t size = ::read(master_, piece.data(), piece.size());
      REQUIRE(size > 0);
      bytes.append(piece.data(), static_cast<std::size_t>(size));
    }
    bytes.pop_back();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      if (bytes[at] == '\r') {
        column_ = 0;
      } else if (bytes[at] == '\n') {
        if (++row_ == shown_.size()) shown_.emplace_back();
      } else if (bytes.compare(at, 2, "\x1b[") == 0) {
        at += 2;
        act(bytes[at]);
      } else {
        std::string& line = shown_[row_];
        line.resize(std::max(line.size(), column_ + 1), ' ');
        line[column_++] = bytes[at];
      }
    }
    std::vector<std::string> result = shown_;
    while (!result.empty() && result.back().empty()) {
      result.pop_back();
    }
    return result;
  }

 private:
  void act(char command) {
    if (command == 'A') {
      --row_;
    } else if (command == 'K' || command == 'J') {
      shown_[row_].resize(std::min(column_, shown_[row_].size()));
      if (command == 'J') shown_.resize(row_ + 1);
    } else {
      FAIL("an unknown sequence ends with ", command);
    }
  }

  int master_ = -1;
  std::FILE* stream_ = nullptr;
  std::vector<std::string> shown_{""};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

LiveText live(std::vector<std::string> lines) {
  return {.lines = [lines](auto, auto) { return lines; },
          .line = [lines](auto) { return joined(lines, "; "); }};
}

using Lines = std::vector<std::string>;

TEST_CASE("the live text stays below all lines and is taken away at the end") {
  Screen screen(60);
  {
    Terminal terminal(Color::kNever, screen.stream(), kNever);
    terminal.show(live({"now a", "of 7"}));
    CHECK(screen.lines() == Lines{"now a", "of 7"});
    terminal.line("done a");
    CHECK(screen.lines() == Lines{"done a", "now a", "of 7"});
    terminal.show(live({"b"}));
    CHECK(screen.lines() == Lines{"done a", "b"});
    print_beside("12:00 from a log");
    CHECK(screen.lines() == Lines{"done a", "12:00 from a log", "b"});
    terminal.clear();
    terminal.line("done b");
    terminal.show(live({"now c", "of 8"}));
  }
  CHECK(screen.lines() == Lines{"done a", "12:00 from a log", "done b"});
}

TEST_CASE("what ends the program at once overwrites the live text") {
  Screen screen(60);
  Terminal terminal(Color::kNever, screen.stream(), kNever);
  terminal.show(live({"now a", "of 7"}));
  static_cast<void>(std::fputs(terminal.last_words("stopped at once").c_str(), screen.stream()));
  static_cast<void>(std::fflush(screen.stream()));
  CHECK(screen.lines() == Lines{"stopped at once"});
}

TEST_CASE("lines are folded, live ones cut, and both as wide as the screen is by then") {
  Screen screen(30);
  Terminal terminal(Color::kNever, screen.stream(), kNever);
  terminal.show(live({std::string(200, 'x'), std::string(200, 'y')}));
  terminal.line("a line that is longer than thirty columns");
  CHECK(screen.lines() == Lines{"a line that is longer than", "    thirty columns",
                                std::string(26, 'x') + "...", std::string(26, 'y') + "..."});
  screen.resize(25);
  terminal.line("a line longer than twenty-five columns");
  CHECK(screen.lines() == Lines{"a line that is longer than", "    thirty columns",
                                "a line longer than", "    twenty-five columns",
                                std::string(21, 'x') + "...", std::string(21, 'y') + "..."});
}

TEST_CASE("the live text is told again as time passes") {
  Screen screen(60);
  Terminal terminal(Color::kNever, screen.stream(), {.redraw = 1ms, .heartbeat = 1h});
  std::mutex mutex;
  std::condition_variable changed;
  int told = 0;
  terminal.show({.lines =
                     [&](auto, auto) {
                       const std::scoped_lock lock(mutex);
                       ++told;
                       changed.notify_all();
                       return Lines{std::to_string(told)};
                     },
                 .line = [](auto) { return std::string(); }});
  std::unique_lock lock(mutex);
  CHECK(changed.wait_for(lock, 20s, [&] { return told > 3; }));
  lock.unlock();
  terminal.clear();
}

TEST_CASE("a log gets whole lines, and a sign of life where it was silent for long") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  std::FILE* const stream = ::fdopen(pipe[1], "w");
  {
    Terminal terminal(Color::kNever, stream, {.redraw = 1ms, .heartbeat = 1ms});
    CHECK_FALSE(terminal.is_terminal());
    CHECK_FALSE(terminal.columns().has_value());
    terminal.line(std::string(300, 'x'));
    terminal.show(live({"now a", "of 7"}));
    std::string text;
    std::array<char, 4096> buffer{};
    while (text.find("now a; of 7\n") == std::string::npos) {
      const ssize_t size = ::read(pipe[0], buffer.data(), buffer.size());
      REQUIRE(size > 0);
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    CHECK(text.starts_with(std::string(300, 'x') + '\n'));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
  }
  static_cast<void>(std::fclose(stream));
  ::close(pipe[0]);
}

}  // namespace
}  // namespace capmin
