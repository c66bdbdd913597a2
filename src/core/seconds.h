#pragma once

#include <string>

namespace capmin {

/// A time for people: "0.9 s", and "12 s" from ten seconds on. Less than nothing counts as 0.
std::string seconds_text(double seconds);

}  // namespace capmin
