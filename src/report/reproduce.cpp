#include "report/reproduce.h"

#include "core/error.h"
#include "profile/run_arguments.h"
#include "text/quote.h"

#include <algorithm>
#include <string_view>

namespace capmin {
namespace {

/// What trials could grant, read off the baseline; Docker's default where the profile does not
/// tell.
CapabilitySet ceiling_of(const Profile& profile) {
  for (const Profile::Step& step : profile.search) {
    if (step.purpose == "baseline") return step.grant;
  }
  return docker_default_set();
}

/// How trials were judged, as far as a profile shows that does not say it.
Profile::Judgement guessed_judgement(const Profile& profile) {
  Profile::Judgement judgement;
  judgement.ceiling = ceiling_of(profile);
  if (profile.guarantee != "incomplete") judgement.level = profile.guarantee;
  int confirm = 0;
  for (const Profile::Attempt& attempt : profile.passed) {
    confirm = std::max(confirm, attempt.times);
  }
  for (const Profile::Attempt& attempt : profile.failed) {
    confirm = std::min(confirm, attempt.times);
  }
  judgement.confirm = std::max(confirm, 1);
  return judgement;
}

/// The engine is an option that run_arguments() leaves to its caller.
std::vector<std::string> with_engine(std::vector<std::string> arguments,
                                     const std::string& engine) {
  const auto end_of_options = std::ranges::find(arguments, "--");
  arguments.insert(end_of_options, {"--engine", engine});
  return arguments;
}

std::vector<std::string> notes_on(const Profile& profile, bool is_guessed) {
  std::vector<std::string> notes;
  const auto has = [](const std::vector<std::string>& texts, const std::string& text) {
    return std::ranges::find(texts, text) != texts.end();
  };
  if (is_guessed && has(profile.probe.scenario, "settle")) {
    notes.emplace_back("The container also had to stay healthy for a while: add --settle TIME.");
  }
  const auto& options = profile.environment.options;
  if (std::ranges::any_of(options, [](const auto& text) { return text.starts_with("--env "); })) {
    notes.emplace_back("Values of variables are not in the profile: set them in your shell.");
  }
  if (!profile.environment.altered.empty()) {
    notes.emplace_back(
        "Some of it had to be cleaned, and is not as it was given: environment.altered names it.");
  }
  if (!profile.image.digest.empty()) {
    notes.emplace_back("The image's name may mean another one by now: its digest is above.");
  }
  return notes;
}

}  // namespace

Reproduction reproduction_of(const Profile& profile) {
  Profile told = profile;
  if (!told.judgement) told.judgement = guessed_judgement(profile);
  Reproduction result;
  try {
    result.command =
        "capmin run " + shell_quoted(with_engine(run_arguments(told), profile.environment.engine));
    result.notes = notes_on(profile, !profile.judgement);
  } catch (const Error&) {
    // Its message quotes the profile.
    result.notes = {"No command repeats this: the profile has an option that is no container's."};
  }
  return result;
}

}  // namespace capmin
