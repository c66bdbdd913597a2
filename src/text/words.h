#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// A time for people: "0.9 s", and "12 s" from ten seconds on. Less than nothing counts as 0.
std::string seconds_text(double seconds);

/// "1 trial", "2 trials".
std::string counted(std::integral auto count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

/// The texts one after another, with `between` between them.
std::string joined(const std::vector<std::string>& texts, std::string_view between);

/// The parts of `text` between separators; one more than there are separators, also where they are
/// empty.
std::vector<std::string> split(std::string_view text, char separator);

/// What stands before the first `separator` and what behind it, which is empty where there is none.
std::pair<std::string, std::string> split_at(std::string_view text, char separator);

}  // namespace capmin
