#include "cli/explain_text.h"
#include "diagnosis/rules_about.h"
#include "profile/platform.h"
#include "text/columns.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace capmin {
namespace {

constexpr std::size_t kWidth = 100;
/// Of who needs a capability, and of ways around it, so many are listed.
constexpr std::size_t kListed = 8;
constexpr int kMeasuredServices = 47;

std::string rate_text(double rate) {
  const int percent = static_cast<int>(std::lround(rate * 100));
  const std::string of = " of " + std::to_string(kMeasuredServices) + " measured services and jobs";
  return percent == 0 ? "none" + of + " needed it"
                      : std::to_string(percent) + " %" + of + " needed it";
}

std::string_view access_text(Access access) {
  switch (access) {
    case Access::kGranted:
      return "granted by default";
    case Access::kAddable:
      return "may be added";
    case Access::kRefused:
      return "may not be added";
  }
  return {};
}

/// Texts without repetition in the order in which they came, the first few of them.
class Listed {
 public:
  void add(const std::string& text) {
    if (!text.empty() && seen_.insert(text).second) texts_.push_back(text);
  }
  bool empty() const { return texts_.empty(); }
  void print(const std::string& label, const std::string& more, Columns& columns) const {
    for (std::size_t i = 0; i < std::min(texts_.size(), kListed); ++i) {
      columns.add(i == 0 ? label : "", "", texts_[i]);
    }
    if (texts_.size() > kListed) {
      columns.add("", "", "and " + std::to_string(texts_.size() - kListed) + " more: " + more);
    }
  }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> texts_;
};

}  // namespace

std::string capability_text(Capability capability, const RuleTable& rules) {
  const CapabilityInfo& row = info(capability);
  Columns columns;
  columns.add("permits", "", "to " + std::string(row.permits));
  columns.add("risk", "",
              std::string(name_of(row.risk)) + ": " + std::string(meaning_of(row.risk)));
  columns.add("need", "", rate_text(row.need_rate));
  Listed needs;
  Listed ways;
  for (const Rule* rule : rules_about(capability, rules)) {
    needs.add(rule->id + ": " + rule->reason);
    ways.add(rule->alternative);
  }
  if (needs.empty()) needs.add("no rule suspects it; capabilities(7) names its system calls");
  needs.print("needed", "capmin rules list", columns);
  ways.print("avoid", "capmin explain LOGFILE picks those that fit", columns);
  Listed platforms;
  for (const PlatformAccess& platform : platforms_for(capability)) {
    platforms.add(platform.platform + ": " + std::string(access_text(platform.access)));
  }
  platforms.print("where", "", columns);
  if (row.by_name_only) {
    columns.add("capmin", "",
                "never tries it unless --allow " + std::string(row.name) + " names it");
  } else if (!docker_default_set().contains({capability})) {
    columns.add("capmin", "", "tries it only with --allow " + std::string(row.name));
  } else {
    columns.add("capmin", "", "may try it; --deny " + std::string(row.name) + " forbids that");
  }
  return std::string(row.name) + "  capability " + std::to_string(static_cast<int>(capability)) +
         " of capabilities(7)\n" + columns.to_string(kWidth);
}

}  // namespace capmin
