#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// A fact about where the proof holds; the value is untrusted.
struct EnvironmentFact {
  std::string name;
  std::string value;
};

/// Image, probe, engine and the rest of what the proof was seen under, in words for people.
std::vector<EnvironmentFact> environment_facts(const Report& report);

}  // namespace capmin
