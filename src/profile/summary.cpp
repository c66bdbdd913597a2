#include "profile/summary.h"

#include "profile/sentences.h"
#include "text/columns.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kShownWarnings = 3;

std::string keep_text(const Profile& profile) {
  if (profile.add.empty() && !profile.conditional.empty()) {
    return "under " + shown(profile.environment.engine) +
           "'s own settings for ports and ping the probe passes without any capability";
  }
  if (profile.add.empty()) return "the probe passes without any capability";
  if (!is_complete(profile)) return "the probe passes; not every member was proven to be needed";
  return profile.add.size() == 1 ? "removed again: the probe fails"
                                 : "each one removed again: the probe fails";
}

/// How to do without a member; where nobody knows a way, what there is to avoid: what the kernel
/// denied without it, or the program said.
std::string avoid_text(const Profile::Reason& reason) {
  if (!reason.advice.empty()) return reason.advice;
  const auto denied = std::ranges::find(reason.checks, CheckResult::kHard, &Profile::Check::result);
  if (denied != reason.checks.end()) return check_text(*denied);
  if (reason.line.empty() && !reason.checks.empty()) return check_text(reason.checks.front());
  return reason.line;
}

std::string rows(const Profile& profile) {
  Columns columns;
  columns.add("keep", to_string(profile.add), keep_text(profile));
  for (const Profile::Conditional& conditional : profile.conditional) {
    const bool kept = profile.add.contains(conditional.name);
    columns.add(kept ? "but" : "also", std::string(name_of(conditional.name)),
                condition_text(conditional.when, profile));
  }
  for (const Profile::Attempt& alternative : profile.alternatives) {
    columns.add("or", to_string(alternative.grant), "another minimal set: it passes as well");
  }
  if (profile.other_pass) {
    columns.add("or", to_string(profile.other_pass->grant),
                "passes as well; another minimal set lies inside: --all-minimal finds it");
  }
  for (const Profile::Reason& reason : profile.reasons) {
    const std::string text = avoid_text(reason);
    if (!text.empty()) columns.add("avoid", std::string(name_of(reason.name)), shown(text));
  }
  return columns.to_string(kWidth);
}

std::string cost(const Profile& profile, std::string_view written_to) {
  const Profile::Run& run = profile.run;
  const std::string fewest = run.trials == run.floor
                                 ? "the fewest possible"
                                 : "fewest possible: " + std::to_string(run.floor);
  const std::string wrote = written_to.empty() ? "" : "wrote " + shown(written_to) + "     ";
  return wrote + counted(run.trials, "container run") + " (" + fewest + ")   " +
         seconds_text(run.seconds);
}

std::string wrapped(const std::string& text) {
  std::string result;
  for (const std::string& line : wrap(text, kWidth - 4)) {
    result += (result.empty() ? "  " : "    ") + line + '\n';
  }
  return result;
}

std::string numbers(const std::vector<Profile::Attempt>& attempts) {
  std::string text = attempts.size() == 1 ? "trial" : "trials";
  for (const Profile::Attempt& attempt : attempts) {
    text += ' ' + std::to_string(attempt.trial);
  }
  return text;
}

/// The guarantee, the trials that it rests on, and what it takes for granted.
std::string guarantee(const Profile& profile) {
  std::string text = "proof: " + profile.guarantee;
  if (!profile.passed.empty()) text += ", passed in " + numbers(profile.passed);
  if (!profile.failed.empty()) text += ", failed in " + numbers(profile.failed);
  if (!profile.assumption.empty()) text += "; assumes that " + shown(profile.assumption);
  return text;
}

std::string warnings(const Profile& profile, std::string_view written_to) {
  std::string text;
  for (std::size_t i = 0; i < profile.warnings.size() && i < kShownWarnings; ++i) {
    text += wrapped("warning: " + shown(profile.warnings[i]));
  }
  if (profile.warnings.size() > kShownWarnings) {
    const auto more = static_cast<int>(profile.warnings.size() - kShownWarnings);
    text += "  " + counted(more, "more warning") + ": see " +
            (written_to.empty() ? "the profile" : shown(written_to)) + '\n';
  }
  return text;
}

}  // namespace

std::string summary(const Profile& profile, std::string_view written_to) {
  return shown(profile.image.reference) + ' ' + needs_text(profile) + '\n' + rows(profile) +
         wrapped(guarantee(profile)) + wrapped("Kubernetes: " + pod_security_text(profile)) +
         warnings(profile, written_to) + "  " + cost(profile, written_to) + '\n';
}

}  // namespace capmin
