#include "core/telling_checks.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <tuple>

namespace capmin {
namespace {

bool tells_more(const Check& a, const Check& b) {
  const auto key = [](const Check& check) {
    return std::tuple(-belief_of(check), std::string_view(check.process),
                      std::string_view(check.call));
  };
  return key(a) < key(b);
}

/// What became of the checks that are like `used`, in another trial.
std::optional<CheckResult> outcome_of(const Check& used, const Trace& trace) {
  std::optional<CheckResult> worst;
  for (const Check& check : trace.checks) {
    const bool is_alike = check.capability == used.capability && check.call == used.call &&
                          check.process == used.process;
    if (is_alike) worst = std::max(worst, std::optional(check.result));
  }
  return worst;
}

std::vector<Check> sorted_checks(const Trace& trace, Capability capability, CheckResult result) {
  std::vector<Check> checks;
  std::ranges::copy_if(trace.checks, std::back_inserter(checks), [=](const Check& check) {
    return check.capability == capability && check.result == result;
  });
  std::ranges::sort(checks, tells_more);
  return checks;
}

template <typename Entry>
void cut(std::vector<Entry>& entries) {
  if (entries.size() > kTellingChecks) entries.resize(kTellingChecks);
}

}  // namespace

std::vector<Check> telling_checks(const Trace& trace, Capability capability, CheckResult result) {
  std::vector<Check> checks = sorted_checks(trace, capability, result);
  cut(checks);
  return checks;
}

std::vector<UnneededCheck> unneeded_checks(const Trace& baseline, const Trace& passed,
                                           CapabilitySet set) {
  std::vector<UnneededCheck> all;
  for (const Capability capability : (checked(baseline, CheckResult::kGranted) - set).members()) {
    std::vector<UnneededCheck> own;
    for (Check& check : sorted_checks(baseline, capability, CheckResult::kGranted)) {
      const std::optional<CheckResult> without = outcome_of(check, passed);
      own.push_back({std::move(check), without});
    }
    std::ranges::stable_sort(own, std::greater{}, &UnneededCheck::without);
    cut(own);
    std::ranges::move(own, std::back_inserter(all));
  }
  return all;
}

}  // namespace capmin
