#include "engine/client_warnings.h"

#include "engine/dialect.h"

#include <algorithm>

namespace capmin {
namespace {

/// Calls `use` with each line of `text`, its line break included.
void for_each_line(std::string_view text, const std::function<void(std::string_view)>& use) {
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    use(text.substr(0, length));
    text.remove_prefix(length);
  }
}

}  // namespace

void ClientWarnings::note(std::string_view err) {
  constexpr std::size_t kMost = 100;
  const std::scoped_lock lock(mutex_);
  for_each_line(err, [this](std::string_view line) {
    if (lines_.size() < kMost && line != "\n") lines_.emplace(without_time(line));
  });
}

std::string ClientWarnings::removed_from(std::string_view log) const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for_each_line(log, [&](std::string_view line) {
    if (!lines_.contains(without_time(line))) text += line;
  });
  return text;
}

}  // namespace capmin
