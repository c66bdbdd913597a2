#pragma once

#include <map>
#include <string>
#include <string_view>

namespace capmin {

/// For each job the seconds that it took when it was run last.
using BatchTimes = std::map<std::string, double>;

/// The times as JSON, by name.
std::string to_json(const BatchTimes& times);

/// Reads what to_json() wrote. Throws Error kUsage for everything else.
BatchTimes times_from_json(std::string_view text, std::string_view source);

}  // namespace capmin
