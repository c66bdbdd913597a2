#include "run/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace capmin {
namespace {

bool wants_color(Color color, bool is_terminal) {
  if (color != Color::kAuto) return color == Color::kAlways;
  // https://no-color.org: set and not empty means no colour.
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return is_terminal && (no_color == nullptr || *no_color == '\0') && term != nullptr &&
         std::string_view(term) != "dumb";
}

/// Where standard error is closed or full, there is nobody left to tell.
void write(const std::string& text) {
  static_cast<void>(std::fputs(text.c_str(), stderr));
  static_cast<void>(std::fflush(stderr));
}

}  // namespace

Terminal::Terminal(Color color)
    : is_terminal_(::isatty(STDERR_FILENO) != 0), colored_(wants_color(color, is_terminal_)) {
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") is_terminal_ = false;
}

int Terminal::columns() const {
  constexpr int kDefault = 100;
  constexpr int kFewest = 20;
  winsize size{};
  if (!is_terminal_ || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kDefault;
  }
  return std::max<int>(size.ws_col, kFewest);
}

std::string Terminal::tinted(std::string_view text, Tint tint) const {
  const char* code = tint == Tint::kGood ? "32" : tint == Tint::kBad ? "31" : "2";
  if (!colored_ || tint == Tint::kPlain) return std::string(text);
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

void Terminal::line(const std::string& text) {
  write((passing_shown_ ? "\r\x1b[K" : "") + text + '\n');
  passing_shown_ = false;
}

void Terminal::clear() {
  if (passing_shown_) write("\r\x1b[K");
  passing_shown_ = false;
}

void Terminal::passing(const std::string& text) {
  if (!is_terminal_) return;
  const auto width = static_cast<std::size_t>(columns() - 1);
  write("\r\x1b[K" + text.substr(0, width));
  passing_shown_ = true;
}

}  // namespace capmin
