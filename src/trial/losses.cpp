#include "trial/losses.h"

#include "text/sanitize.h"

#include <algorithm>
#include <set>
#include <utility>

namespace capmin {
namespace {

using Processes = std::vector<ContainerProcess>;

void add_once(std::vector<std::string>& texts, std::string text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

Processes called(const std::string& name, const Processes& processes) {
  Processes result;
  std::ranges::copy_if(processes, std::back_inserter(result),
                       [&name](const ContainerProcess& process) { return process.name == name; });
  return result;
}

bool any(const Processes& processes, auto property) {
  return std::ranges::any_of(processes, property);
}

std::string user_text(int uid) {
  return uid == 0 ? "root" : "user " + std::to_string(uid);
}

/// What the processes called like `before` have kept that this one of the baseline had given up.
void add_kept(const ContainerProcess& before, const Processes& baseline, const Processes& now,
              std::vector<std::string>& texts) {
  const Processes same = called(before.name, now);
  if (same.empty()) return;
  const std::string who = "the process " + sanitize(before.name);
  const auto has_uid = [&before](const ContainerProcess& p) { return p.uid == before.uid; };
  const auto has_gid = [&before](const ContainerProcess& p) { return p.gid == before.gid; };
  const auto is_root = [](const ContainerProcess& p) { return p.uid == 0; };
  const auto is_root_group = [](const ContainerProcess& p) { return p.gid == 0; };
  if (before.uid != 0 && !any(same, has_uid) && any(same, is_root)) {
    add_once(texts,
             who + " runs as root; with the whole ceiling it runs as " + user_text(before.uid));
  } else if (before.gid != 0 && !any(same, has_gid) && any(same, is_root_group)) {
    add_once(texts, who + " runs in root's group; with the whole ceiling it runs in group " +
                        std::to_string(before.gid));
  }
  const Processes before_all = called(before.name, baseline);
  const auto holds_none = [](const ContainerProcess& p) { return p.effective.empty(); };
  const auto holds_some = [](const ContainerProcess& p) { return !p.effective.empty(); };
  if (std::ranges::all_of(before_all, holds_none) && any(same, holds_some)) {
    const auto first = std::ranges::find_if(same, holds_some);
    add_once(texts, who + " keeps " + to_string(first->effective) +
                        "; with the whole ceiling it gives up all capabilities");
  }
  const auto has_no_new_privs = [](const ContainerProcess& p) { return p.no_new_privs; };
  if (std::ranges::all_of(before_all, has_no_new_privs) && !any(same, has_no_new_privs)) {
    add_once(texts, who + " runs without no_new_privs; with the whole ceiling it sets it");
  }
}

std::set<std::string> lines_of(const std::vector<FinishedTrial>& trials) {
  std::set<std::string> lines;
  for (const FinishedTrial& trial : trials) {
    for (const Clue& clue : trial.clues) {
      lines.insert(normalized(clue.line));
    }
  }
  return lines;
}

bool denies_kill(const FinishedTrial& trial) {
  return trial.outcome.trace &&
         checked(*trial.outcome.trace, CheckResult::kHard).contains(Capability::kKill);
}

/// A process that may not signal those of another user cannot tell them to end.
Clue clue_of_end(std::string line) {
  return {.rule = "worse-end",
          .line = std::move(line),
          .suspects = {{Capability::kKill}},
          .reason = "a process needs KILL to pass a signal on to one of another user, kill(2)",
          .check = "do the first process and its children run as different users?",
          .alternative = "run the first process as the user of its children",
          .vague = false};
}

}  // namespace

std::optional<WorseEnd> worse_end(const FinishedTrial& trial, const std::vector<Clue>& said,
                                  const std::vector<FinishedTrial>& baselines) {
  const std::optional<StopEnd>& end = trial.outcome.stop_end;
  if (!end || baselines.empty()) return std::nullopt;
  const std::set<std::string> known = lines_of(baselines);
  for (const Clue& clue : said) {
    if (known.contains(normalized(clue.line))) continue;
    return WorseEnd{.clue = clue_of_end(clue.line)};
  }
  const auto ended_so = [&end](const FinishedTrial& baseline) {
    return baseline.outcome.stop_end && baseline.outcome.stop_end->exit_code == end->exit_code;
  };
  if (end->exit_code != 0 && std::ranges::none_of(baselines, ended_so)) {
    return WorseEnd{.clue = clue_of_end("after its stop signal the container exited with status " +
                                        std::to_string(end->exit_code))};
  }
  if (denies_kill(trial) && std::ranges::none_of(baselines, denies_kill)) {
    return WorseEnd{.clue = clue_of_end("the kernel did not let a process send a signal")};
  }
  for (const std::string& name : end->killed.value_or(std::vector<std::string>())) {
    // What could not be seen then cannot be compared now.
    const auto is_known = [&name](const FinishedTrial& baseline) {
      const std::optional<StopEnd>& then = baseline.outcome.stop_end;
      return !then || !then->killed ||
             std::ranges::find(*then->killed, name) != then->killed->end();
    };
    if (std::ranges::any_of(baselines, is_known)) continue;
    return WorseEnd{.ending = Ending::kKilledAtEnd,
                    .clue = clue_of_end("the process " + sanitize(name) +
                                        " was killed because the first one ended before it")};
  }
  return std::nullopt;
}

Losses losses(const FinishedTrial& trial, const std::vector<FinishedTrial>& baselines) {
  Losses found;
  if (baselines.empty()) return found;
  std::set<std::string> known = lines_of(baselines);
  for (const Clue& clue : trial.clues) {
    if (is_watched(clue)) continue;
    if (known.insert(normalized(clue.line)).second) found.errors.push_back(clue.line);
  }
  // Where processes could not be seen in both trials there is nothing to compare.
  const Processes& before = baselines.front().outcome.processes;
  for (const ContainerProcess& process : before) {
    add_kept(process, before, trial.outcome.processes, found.processes);
  }
  return found;
}

Clue clue_of_process_loss(const std::string& loss) {
  using enum Capability;
  return {.rule = "weaker-drop",
          .line = loss,
          .suspects = {{kSetgid, kSetuid}, {kSetuid}, {kSetgid}, {kSetpcap}},
          .reason = "a daemon that may not change its user often goes on as root",
          .check = "does the program have to start as root at all?",
          .alternative = "--user UID:GID, so that nothing has to be changed",
          .vague = false};
}

}  // namespace capmin
