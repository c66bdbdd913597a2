#include "profile/check_text.h"

#include "text/columns.h"
#include "text/quote.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr std::size_t kWidth = 100;

std::string times(int count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

std::string who(const std::string& call, const std::string& process) {
  return (call.empty() ? "outside of system calls" : call) + " by " +
         (process.empty() ? "a process without a name" : process);
}

std::string_view result_text(CheckResult result) {
  switch (result) {
    case CheckResult::kGranted:
      return "granted";
    case CheckResult::kSoft:
      return "denied, but the call did not fail for that";
    case CheckResult::kHard:
      return "denied, and the call failed";
  }
  return {};
}

}  // namespace

std::string check_text(const Profile::Check& check) {
  std::string text = who(check.call, check.process) + ": ";
  text += result_text(check.result);
  if (check.result == CheckResult::kGranted) text += " in the baseline";
  return text;
}

std::vector<std::string> check_texts(const Profile& profile, Capability name) {
  std::vector<std::string> texts;
  const auto reason = std::ranges::find(profile.reasons, name, &Profile::Reason::name);
  if (reason == profile.reasons.end()) return texts;
  for (const Profile::Check& check : reason->checks) {
    std::string text = check_text(check);
    const auto count = std::ranges::find_if(profile.run.checks, [&](const Profile::Count& each) {
      return each.name == name && each.check == check;
    });
    if (count != profile.run.checks.end()) {
      text += "; " + times(count->count) + " in trial " + std::to_string(count->trial);
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string use_text(const Profile::Unneeded& unneeded) {
  return who(unneeded.call, unneeded.process) + ", " + times(unneeded.count);
}

std::string_view result_text(const Profile::Unneeded& unneeded) {
  return unneeded.result ? result_text(*unneeded.result) : "not asked for again";
}

std::string unneeded_text(const Profile& profile) {
  if (profile.run.unneeded.empty()) return {};
  Columns columns;
  std::string_view last;
  for (const Profile::Unneeded& each : profile.run.unneeded) {
    const std::string_view name = name_of(each.name);
    columns.add(std::string(name == last ? "" : name), shown(use_text(each)),
                std::string(result_text(each)));
    last = name;
  }
  return "  used but not needed, and what becomes of it without:\n" + columns.to_string(kWidth);
}

}  // namespace capmin
