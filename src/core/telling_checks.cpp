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

/// A request as a check of each capability that it says something of.
std::vector<Check> checks_of(const CapabilityRequest& request) {
  std::vector<Check> checks;
  if (request.is_given && belief_of(request) == 0) return checks;
  const CapabilitySet told = request.is_given ? request.asked : request.lacking();
  for (const Capability capability : told.members()) {
    checks.push_back({capability, request.is_given ? CheckResult::kGranted : CheckResult::kHard,
                      request.call, request.process, request.count});
  }
  return checks;
}

bool are_alike(const Check& a, const Check& b) {
  return a.capability == b.capability && a.call == b.call && a.process == b.process;
}

/// The checks of a trace, and its requests as such.
std::vector<Check> checks_and_requests(const Trace& trace) {
  std::vector<Check> checks = trace.checks;
  for (const CapabilityRequest& request : trace.requests) {
    for (Check& check : checks_of(request)) {
      const bool is_known = std::ranges::any_of(checks, [&check](const Check& known) {
        return are_alike(known, check) && known.result == check.result;
      });
      if (!is_known) checks.push_back(std::move(check));
    }
  }
  return checks;
}

/// What became of the checks that are like `used`, in another trial.
std::optional<CheckResult> outcome_of(const Check& used, const std::vector<Check>& checks) {
  std::optional<CheckResult> worst;
  for (const Check& check : checks) {
    if (are_alike(check, used)) worst = std::max(worst, std::optional(check.result));
  }
  return worst;
}

std::vector<Check> sorted_checks(const std::vector<Check>& checks, Capability capability,
                                 CheckResult result) {
  std::vector<Check> sorted;
  std::ranges::copy_if(checks, std::back_inserter(sorted), [=](const Check& check) {
    return check.capability == capability && check.result == result;
  });
  std::ranges::sort(sorted, tells_more);
  return sorted;
}

template <typename Entry>
void cut(std::vector<Entry>& entries) {
  if (entries.size() > kTellingChecks) entries.resize(kTellingChecks);
}

}  // namespace

std::vector<Check> telling_checks(const Trace& trace, Capability capability, CheckResult result) {
  std::vector<Check> checks = sorted_checks(checks_and_requests(trace), capability, result);
  cut(checks);
  return checks;
}

std::vector<UnneededCheck> unneeded_checks(const Trace& baseline, const Trace& passed,
                                           CapabilitySet set) {
  const std::vector<Check> uses = checks_and_requests(baseline);
  const std::vector<Check> outcomes = checks_and_requests(passed);
  std::vector<UnneededCheck> all;
  const CapabilitySet used = checked(baseline, CheckResult::kGranted) | lacking(passed);
  for (const Capability capability : (used - set).members()) {
    std::vector<UnneededCheck> own;
    for (Check& check : sorted_checks(uses, capability, CheckResult::kGranted)) {
      const std::optional<CheckResult> without = outcome_of(check, outcomes);
      own.push_back({std::move(check), without});
    }
    std::ranges::stable_sort(own, std::greater{}, &UnneededCheck::without);
    cut(own);
    std::ranges::move(own, std::back_inserter(all));
  }
  return all;
}

}  // namespace capmin
