#include "report/reproduce.h"

#include "report/visible.h"

#include <algorithm>
#include <string_view>

namespace capmin {
namespace {

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') ||
         std::string_view("_-./:=@,+").find(letter) != std::string_view::npos;
}

std::string joined(CapabilitySet set) {
  std::string text = to_string(set);
  std::ranges::replace(text, ' ', ',');
  return text;
}

/// What trials could grant, read off the baseline; nothing where the profile does not tell.
CapabilitySet ceiling_of(const Profile& profile) {
  for (const Profile::Step& step : profile.search) {
    if (step.purpose == "baseline") return step.grant;
  }
  return {};
}

class Command {
 public:
  explicit Command(std::string text) : text_(std::move(text)) {}
  void add(const std::string& argument) { text_ += ' ' + shell_quoted(argument); }
  void add(const std::string& option, const std::string& value) {
    add(option);
    add(value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_probe(const Profile::Probe& probe, Command& command) {
  if (probe.kind == "exec") {
    command.add("--probe-exec", probe.path);
  } else if (probe.kind == "healthcheck" || probe.kind == "exit") {
    command.add("--probe", probe.kind);
  } else {
    command.add("--probe", probe.path);
  }
  if (probe.kind == "oneshot") command.add("--oneshot");
}

void add_scenario(const Profile& profile, Command& command, std::vector<std::string>& notes) {
  for (const std::string& phase : profile.probe.scenario) {
    if (phase == "restart" || phase == "graceful-stop") command.add("--" + phase);
    if (phase == "settle") {
      notes.emplace_back("The container also had to stay healthy for a while: add --settle TIME.");
    }
  }
}

void add_ceiling(const Profile& profile, Command& command) {
  const CapabilitySet ceiling = ceiling_of(profile);
  const CapabilitySet allowed = (ceiling.empty() ? profile.add : ceiling) - docker_default_set();
  if (!allowed.empty()) command.add("--allow", joined(allowed));
  if (ceiling.empty()) return;
  const CapabilitySet denied = docker_default_set() - ceiling;
  if (!denied.empty()) command.add("--deny", joined(denied));
}

void add_judgement(const Profile& profile, Command& command) {
  if (profile.guarantee == "unique") command.add("--unique");
  if (profile.guarantee == "least-risk" || profile.guarantee == "all-minimal") {
    command.add("--" + profile.guarantee);
  }
  int confirm = 0;
  for (const Profile::Attempt& attempt : profile.passed) {
    confirm = std::max(confirm, attempt.times);
  }
  for (const Profile::Attempt& attempt : profile.failed) {
    confirm = std::min(confirm, attempt.times);
  }
  if (confirm > 1) command.add("--confirm", std::to_string(confirm));
}

void add_environment(const Profile& profile, Command& command, std::vector<std::string>& notes) {
  const Profile::Environment& environment = profile.environment;
  bool has_variables = false;
  for (const std::string& option : environment.options) {
    // The option and its value stand in one text, with a blank between them.
    const std::size_t blank = option.find(' ');
    command.add(option.substr(0, blank));
    if (blank != std::string::npos) command.add(option.substr(blank + 1));
    has_variables = has_variables || option.starts_with("--env ") || option == "--env";
  }
  if (has_variables) {
    notes.emplace_back("Values of variables are not in the profile: set them in your shell.");
  }
  if (environment.network != "bridge" && environment.network != "podman") {
    command.add("--network", environment.network);
  }
  if (environment.ports == "engine") command.add("--ports", "engine");
  command.add("--engine", environment.engine);
}

}  // namespace

std::string shell_quoted(const std::string& argument) {
  std::string text = visible(argument);
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + '\'';
}

Reproduction reproduction_of(const Profile& profile) {
  Reproduction result;
  Command command("capmin run");
  command.add(profile.image.reference);
  add_probe(profile.probe, command);
  add_scenario(profile, command, result.notes);
  add_ceiling(profile, command);
  add_judgement(profile, command);
  add_environment(profile, command, result.notes);
  if (!profile.environment.command.empty()) command.add("--");
  for (const std::string& argument : profile.environment.command) {
    command.add(argument);
  }
  result.command = command.take();
  if (!profile.image.digest.empty()) {
    result.notes.emplace_back("The image's name may mean another one by now: its digest is above.");
  }
  return result;
}

}  // namespace capmin
