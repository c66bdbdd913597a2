#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Those of `words`, three at most, that `text` may have been meant to be, in their order: with one
/// wrong, missing, further or swapped letter among about three, or a whole part of each other. The
/// case of letters, '_' in place of '-', dashes in front and the prefix CAP_ do not count.
std::vector<std::string> near_misses(std::string_view text,
                                     const std::vector<std::string_view>& words);

/// "did you mean A or B?" of these; empty where nothing is near.
std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& words);

/// A hint that begins with that where something is near, and goes on with `hint`.
std::string hint_for(std::string_view text, const std::vector<std::string_view>& words,
                     const std::string& hint);

}  // namespace capmin
