#include "profile/sentences.h"

#include "profile/platform.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <utility>

namespace capmin {
namespace {

std::string quoted_name(PodSecurity level) {
  return '"' + std::string(name_of(level)) + '"';
}

}  // namespace

std::string needs_text(const Profile& profile) {
  const int all = docker_default_set().size();
  const int needed = (profile.add & docker_default_set()).size();
  const int conditional = ((conditional_set(profile) & docker_default_set()) - profile.add).size();
  const CapabilitySet others = profile.add - docker_default_set();
  std::string text = "needs ";
  if (!is_complete(profile) && !profile.add.empty()) text += "at most ";
  text += needed == 0 ? "none" : needed == all ? "all" : std::to_string(needed);
  text += " of Docker's " + std::to_string(all) + " default capabilities";
  if (!others.empty()) {
    text += (needed == 0 ? ", but " : " and ") + counted(others.size(), "other");
  }
  if (conditional != 0) {
    text += ", " + std::to_string(conditional) + (needed == 0 ? "" : " more") + " in some places";
  }
  const int dropped = all - needed - conditional;
  text += "; " + (dropped == 0     ? "none"
                  : dropped == all ? "all " + std::to_string(all)
                                   : std::to_string(dropped));
  return text + " can be dropped";
}

std::string condition_text(const std::string& when, const Profile& profile) {
  if (when.starts_with("net.ipv4.ip_unprivileged_port_start")) {
    // Podman's default meets it: a podman under which the need is conditional was told otherwise.
    return profile.environment.engine == Dialect::kPodman
               ? "only where ports below 1024 are privileged (podman's default, CRI-O, host "
                 "network), not under the settings of this podman"
               : "only where ports below 1024 are privileged (podman, CRI-O, host network)";
  }
  if (when.starts_with("net.ipv4.ping_group_range")) {
    return "only where net.ipv4.ping_group_range does not let the container's group ping";
  }
  return "only where " + shown(when);
}

std::string pod_security_text(const Profile& profile) {
  const PodSecurityStanding standing = pod_security_of(profile, profile.add);
  if (standing.level == PodSecurity::kPrivileged) {
    std::string text = "only Pod Security " + quoted_name(standing.level) + " admits ";
    for (std::size_t i = 0; i < standing.refused.size(); ++i) {
      text += (i == 0 ? "" : ", ") + shown(standing.refused[i]);
    }
    return text;
  }
  std::string text = "fits Pod Security " + quoted_name(standing.level);
  if (standing.level == PodSecurity::kBaseline) {
    text += ", not " + quoted_name(PodSecurity::kRestricted) + ", which " +
            shown(restricted_lacks(standing));
  }
  const CapabilitySet everywhere = profile.add | conditional_set(profile);
  const PodSecurity worst = pod_security_of(profile, everywhere).level;
  if (worst != standing.level) {
    text += "; " + quoted_name(worst) + " with " + to_string(everywhere - addable(standing.level));
  }
  return text;
}

std::string default_set_text() {
  return "a Pod that drops nothing holds its container runtime's default set, under \"baseline\" "
         "as well; what is added comes on top of it";
}

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

namespace {
constexpr std::size_t kShownWarnings = 3;

std::string keep_text(const Profile& profile) {
  if (profile.add.empty() && !profile.conditional.empty()) {
    return "under " + std::string(name_of(profile.environment.engine)) +
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

/// Members that are avoided in the same way share a row.
void add_ways_to_avoid(const Profile& profile, Columns& columns) {
  std::vector<std::pair<std::string, CapabilitySet>> ways;
  for (const Profile::Reason& reason : profile.reasons) {
    const std::string text = avoid_text(reason);
    if (text.empty()) continue;
    const auto same = std::ranges::find(ways, text, &decltype(ways)::value_type::first);
    if (same == ways.end()) {
      ways.emplace_back(text, CapabilitySet{reason.name});
    } else {
      same->second = same->second.with(reason.name);
    }
  }
  for (const auto& [text, members] : ways) {
    columns.add("avoid", to_string(members), shown(text));
  }
}

std::string rows(const Profile& profile, std::size_t width) {
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
  add_ways_to_avoid(profile, columns);
  return columns.to_string(width);
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

std::string wrapped(const std::string& text, std::size_t width) {
  std::string result;
  for (const std::string& line : wrap(text, width - 4)) {
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
  std::string text = "proof: " + guarantee_word(profile);
  if (!profile.passed.empty()) text += ", passed in " + numbers(profile.passed);
  if (!profile.failed.empty()) text += ", failed in " + numbers(profile.failed);
  if (!profile.assumption.empty()) text += "; assumes that " + shown(profile.assumption);
  return text;
}

std::string warnings(const Profile& profile, std::string_view written_to, std::size_t width) {
  std::string text;
  for (std::size_t i = 0; i < profile.warnings.size() && i < kShownWarnings; ++i) {
    text += wrapped("warning: " + shown(profile.warnings[i]), width);
  }
  if (profile.warnings.size() > kShownWarnings) {
    const auto more = static_cast<int>(profile.warnings.size() - kShownWarnings);
    text += "  " + counted(more, "more warning") + ": see " +
            (written_to.empty() ? "the profile" : shown(written_to)) + '\n';
  }
  return text;
}

/// The options of docker run and podman run that grant the set, as a shell takes them.
std::string grant(CapabilitySet set, std::size_t width) {
  const std::string label = "  grant ";
  std::string text = label + "--cap-drop ALL";
  std::size_t column = text.size();
  for (const std::string_view name : set.names()) {
    const std::string option = " --cap-add " + std::string(name);
    if (column + option.size() + std::string_view(" \\").size() > width) {
      text += " \\\n" + std::string(label.size() - 1, ' ');
      column = label.size() - 1;
    }
    text += option;
    column += option.size();
  }
  return text + '\n';
}

/// What to do with the profile.
std::string next_steps(std::string_view written_to, std::size_t width) {
  if (written_to.empty()) {
    std::string text;
    for (const std::string& line :
         wrap("Next: -o FILE keeps the profile, for capmin report FILE and for capmin export FILE "
              "--format compose",
              width)) {
      text += line + '\n';
    }
    return text;
  }
  const std::string file = shell_quoted(std::string(written_to));
  return "Next: capmin report " + file + "\n      capmin export " + file + " --format compose\n";
}

}  // namespace

std::string stack_text(const Profile::Stack& stack) {
  if (stack.service.empty()) return {};
  const std::string company =
      stack.companions.empty()
          ? "without companions"
          : "with " + joined(stack.companions, ", ") +
                (stack.company == CompanyState::kKept ? ", which stayed up between trials"
                                                      : ", new for each trial");
  return stack.service + " of " + joined(stack.files, ", ") + ", " + company;
}

std::string joint_text(const Profile::Stack& stack) {
  if (stack.service.empty()) return {};
  switch (stack.joint) {
    case JointProof::kPassed:
      return "with the new sets of all services at once every probe passed";
    case JointProof::kFailed:
      return stack.disagrees.empty()
                 ? "with the new sets of all services at once a probe of another service failed"
                 : "does not work together with the new set of " + joined(stack.disagrees, ", ");
    case JointProof::kUntried:
      break;
  }
  return "the new sets of all services were not tried at once";
}

std::string summary(const Profile& profile, std::string_view written_to, std::size_t width) {
  return shown(profile.image.reference) + ' ' + needs_text(profile) + '\n' + rows(profile, width) +
         wrapped(guarantee(profile), width) +
         wrapped("Kubernetes: " + pod_security_text(profile), width) +
         warnings(profile, written_to, width) + "  " + cost(profile, written_to) + '\n' +
         grant(profile.add, width) + next_steps(written_to, width);
}

}  // namespace capmin
