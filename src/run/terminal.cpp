#include "run/terminal.h"

#include "text/display.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace capmin {
namespace {

/// From the cursor's line on to the end of the screen: what is live. In two steps, because some
/// terminals keep what is erased from the first line of the screen on.
constexpr std::string_view kEraseLive = "\r\x1b[K\n\x1b[J\x1b[A";

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

bool wants_color(Color color, bool redraws) {
  if (color != Color::kAuto) return color == Color::kAlways;
  // https://no-color.org: set and not empty means no colour.
  const char* no_color = std::getenv("NO_COLOR");
  return redraws && (no_color == nullptr || *no_color == '\0');
}

std::optional<std::size_t> columns_of_screen(int file) {
  constexpr std::size_t kFewest = 20;
  winsize size{};
  if (::ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return std::max<std::size_t>(size.ws_col, kFewest);
}

/// The terminal that others print beside.
struct Registered {
  std::mutex mutex;
  Terminal* terminal = nullptr;
};

Registered& registered() {
  static Registered only;
  return only;
}

}  // namespace

Terminal::Terminal(Color color, std::FILE* stream, Pace pace)
    : stream_(stream),
      pace_(pace),
      is_screen_(::isatty(::fileno(stream)) != 0),
      redraws_(is_screen_ && !is_dumb()),
      is_colored_(wants_color(color, redraws_)) {
  const std::scoped_lock lock(registered().mutex);
  if (registered().terminal == nullptr) registered().terminal = this;
}

Terminal::~Terminal() {
  clear();
  const std::scoped_lock lock(registered().mutex);
  if (registered().terminal == this) registered().terminal = nullptr;
}

std::optional<std::size_t> Terminal::columns() const {
  return is_screen_ ? columns_of_screen(::fileno(stream_)) : std::nullopt;
}

std::string Terminal::tinted(std::string_view text, Tint tint) const {
  const char* code = tint == Tint::kGood ? "32" : tint == Tint::kBad ? "31" : "2";
  if (!is_colored_ || tint == Tint::kPlain || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

/// Where the stream is closed or full, there is nobody left to tell.
void Terminal::write(const std::string& text) {
  static_cast<void>(std::fputs(text.c_str(), stream_));
  static_cast<void>(std::fflush(stream_));
  written_ = Clock::now();
}

void Terminal::line(const std::string& text) {
  const std::optional<std::size_t> width = columns();
  const std::scoped_lock lock(mutex_);
  std::string lines =
      (shown_.empty() ? "" : std::string(kEraseLive)) + (width ? fold(text, *width) : text) + '\n';
  // At once, so that nothing flickers.
  if (redraws_) lines += shown_ = drawn();
  write(lines);
}

void Terminal::show(LiveText live) {
  const std::scoped_lock lock(mutex_);
  live_ = std::move(live);
  if (redraws_) draw();
  if (ticker_.joinable()) return;
  try {
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
  } catch (const std::system_error&) {
    // A system that is short of threads needs none for this.
  }
}

void Terminal::clear() {
  std::jthread ticker;
  const std::scoped_lock lock(mutex_);
  if (!shown_.empty()) write(std::string(kEraseLive));
  shown_.clear();
  live_.reset();
  ticker = std::move(ticker_);
  ticker.request_stop();
}

std::string Terminal::last_words(const std::string& text) const {
  return (redraws_ ? std::string(kEraseLive) : "\n") + fold(text, columns().value_or(text.size())) +
         '\n';
}

/// The live text with what draws it over the one before. The cursor is left where it begins: there
/// everything from it on can be erased, also when the screen has become narrower meanwhile.
std::string Terminal::drawn() const {
  if (!live_) return {};
  const std::size_t width = columns().value_or(80) - 1;
  std::string text = "\r";
  std::size_t count = 0;
  for (const std::string& line : live_->lines(Clock::now(), width)) {
    if (count != 0) text += "\x1b[K\n";
    text += tinted(cut(line, width), count == 0 ? Tint::kPlain : Tint::kDim);
    ++count;
  }
  text += "\x1b[J\r";
  for (; count > 1; --count) {
    text += "\x1b[A";
  }
  return text;
}

void Terminal::draw() {
  std::string text = drawn();
  if (text == shown_) return;
  shown_ = std::move(text);
  write(shown_);
}

void Terminal::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const Clock::time_point next =
        redraws_ ? Clock::now() + pace_.redraw : written_ + pace_.heartbeat;
    changed_.wait_until(lock, stop, next, [] { return false; });
    if (stop.stop_requested() || !live_) continue;
    if (redraws_) {
      draw();
    } else if (Clock::now() >= written_ + pace_.heartbeat) {
      write(time_of_day() + live_->line(Clock::now()) + '\n');
    }
  }
}

void print_beside(const std::string& line) {
  const std::scoped_lock lock(registered().mutex);
  if (registered().terminal != nullptr) return registered().terminal->line(line);
  static_cast<void>(std::fputs((line + '\n').c_str(), stderr));
}

std::string for_standard_output(const std::string& text) {
  const std::optional<std::size_t> width =
      ::isatty(STDOUT_FILENO) != 0 ? columns_of_screen(STDOUT_FILENO) : std::nullopt;
  return width ? fold(text, *width) : text;
}

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 16> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%H:%M:%S ", &local);
  return {text.data(), length};
}

}  // namespace capmin
