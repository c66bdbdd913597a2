#include "compose/joint_proof.h"

#include "core/error.h"
#include "text/sanitize.h"
#include "text/words.h"
#include "trial/phase_wait.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

namespace capmin {
namespace {

/// What the probe of a service came to; the words are empty where it passed.
struct Seen {
  Verdict verdict = Verdict::kUndecided;
  std::string what;
};
using SeenServices = std::map<std::string, Seen>;

class Joint {
 public:
  Joint(const StackBench& bench, const std::vector<JointService>& services,
        const std::function<void(const std::string&)>& say, const std::stop_token& stop)
      : bench_(bench), services_(services), say_(say), stop_(stop) {}

  JointResult prove();

 private:
  SeenServices bring_up(const std::vector<std::string>& with_new_set);
  SeenServices bring_up_once(const std::vector<std::string>& with_new_set);
  Seen ask(const JointService& service, const ProjectContainer& container,
           const ProgramVariables& variables);
  Disagreement explain(const std::string& failing, const std::string& what);
  bool fails(const std::string& service, const std::vector<std::string>& with_new_set) {
    return bring_up(with_new_set)[service].verdict == Verdict::kFailed;
  }

  const StackBench& bench_;
  const std::vector<JointService>& services_;
  const std::function<void(const std::string&)>& say_;
  const std::stop_token& stop_;
  JointResult result_;
};

Seen Joint::ask(const JointService& service, const ProjectContainer& container,
                const ProgramVariables& variables) {
  const ContainerFacts facts = bench_.engine.inspect(container.id);
  if (!facts.started_at) return {Verdict::kFailed, "it was not started"};
  ProbeTarget target{
      .container = container.id, .name = container.name, .ip = facts.ip, .ports = facts.ports};
  target.company = variables;
  target.company.emplace_back("CAPMIN_SERVICE", service.service);
  Outcome outcome;
  const TrialDeadline deadline([&service] { return service.patience; });
  PhaseWait wait(service.probe, deadline, bench_.engine, bench_.runner, stop_, outcome);
  const Moment now = Moment::now();
  wait.begin({.earliest = now.steady, .latest = now.steady});
  {
    EndWatch watch(bench_.engine, container.id, stop_);
    wait.wait(target, watch);
  }
  if (stop_.stop_requested()) return {};
  if (service.probe.is_of_job()) {
    const ContainerFacts end = bench_.engine.inspect(container.id);
    if (end.running) return {Verdict::kFailed, "the job has not ended"};
    if (!service.probe.oneshot) {
      return end.exit_code == 0 ? Seen{Verdict::kPassed, {}}
                                : Seen{Verdict::kFailed, "the job ended with status " +
                                                             std::to_string(end.exit_code)};
    }
    target.exit_status = end.exit_code;
    wait.probe_ended(target);
  }
  if (outcome.verdict == Verdict::kPassed) return {Verdict::kPassed, {}};
  return {outcome.verdict, describe_without_times(outcome)};
}

SeenServices Joint::bring_up_once(const std::vector<std::string>& with_new_set) {
  ++result_.projects;
  std::vector<std::string> all;
  std::ranges::transform(bench_.stack.services, std::back_inserter(all), &StackService::name);
  Project project(bench_, all);
  std::map<std::string, ServiceGrant> on_trial;
  for (const JointService& service : services_) {
    if (std::ranges::find(with_new_set, service.service) == with_new_set.end()) continue;
    ServiceGrant grant{.grant = service.set,
                       .labels = {{"capmin.trial", "joint"}},
                       .sysctls = {},
                       .mounts = {},
                       .without_healthcheck = false};
    if (service.probe.kind == Probe::Kind::kExec) {
      grant.mounts.push_back(service.probe.path + ':' + kProbeInside + ":ro");
    }
    on_trial[service.service] = std::move(grant);
  }
  project.put_on_trial(std::move(on_trial));
  // What keeps others from starting is seen by their probes, too.
  const std::optional<ServiceFault> fault = project.start(all, stop_);
  const ProgramVariables variables = project.variables();
  const std::vector<ProjectContainer> containers = project.containers();
  SeenServices seen;
  for (const JointService& service : services_) {
    const auto container =
        std::ranges::find(containers, service.service, &ProjectContainer::service);
    if (fault && fault->service == service.service) {
      seen[service.service] = {Verdict::kFailed, fault->what};
    } else if (container != containers.end()) {
      seen[service.service] = ask(service, *container, variables);
    } else if (fault) {
      seen[service.service] = {
          Verdict::kFailed, "it was not made, because of " + fault->service + ": " + fault->what};
    } else {
      throw Error(ExitCode::kEngine,
                  bench_.compose.name() + " made no container of the service " + service.service);
    }
  }
  return seen;
}

/// Engine trouble tells nothing; it may be over soon.
SeenServices Joint::bring_up(const std::vector<std::string>& with_new_set) {
  constexpr int kMostTries = 3;
  for (int tries = 1;; ++tries) {
    try {
      SeenServices seen = bring_up_once(with_new_set);
      const bool is_decided = std::ranges::none_of(
          seen, [](const auto& each) { return each.second.verdict == Verdict::kUndecided; });
      if (is_decided || tries == kMostTries || stop_.stop_requested()) return seen;
    } catch (const Error& error) {
      if (error.code() != ExitCode::kEngine || tries == kMostTries || stop_.stop_requested()) {
        throw;
      }
    }
  }
}

Disagreement Joint::explain(const std::string& failing, const std::string& what) {
  Disagreement disagreement{.service = failing, .with = {}, .what = sanitize(what)};
  for (const JointService& other : services_) {
    if (stop_.stop_requested()) break;
    if (other.service == failing) continue;
    say_("the stack with the new sets of " + failing + " and " + other.service + " alone");
    if (fails(failing, {failing, other.service})) disagreement.with.push_back(other.service);
  }
  return disagreement;
}

JointResult Joint::prove() {
  std::vector<std::string> all;
  std::ranges::transform(services_, std::back_inserter(all), &JointService::service);
  say_("joint proof: the whole stack with the new sets of " + joined(all, ", "));
  SeenServices seen = bring_up(all);
  std::vector<std::string> failing;
  for (const auto& [service, what] : seen) {
    if (what.verdict == Verdict::kUndecided) {
      result_.reason = "of " + service + " nothing could be told: " + sanitize(what.what);
      return result_;
    }
    if (what.verdict == Verdict::kFailed) failing.push_back(service);
  }
  if (failing.empty()) {
    result_.proof = JointProof::kPassed;
    return result_;
  }
  say_("joint proof: the probe of " + joined(failing, ", ") +
       " fails; the same stack with the sets of the file");
  SeenServices control = bring_up({});
  for (const std::string& service : failing) {
    if (control[service].verdict == Verdict::kPassed) continue;
    result_.reason = "the probe of " + service +
                     " does not pass in the whole stack with the sets of the file either: " +
                     sanitize(control[service].what);
    return result_;
  }
  result_.proof = JointProof::kFailed;
  for (const std::string& service : failing) {
    result_.disagreements.push_back(explain(service, seen[service].what));
  }
  return result_;
}

}  // namespace

JointResult prove_jointly(const StackBench& bench, const std::vector<JointService>& services,
                          const std::function<void(const std::string&)>& say,
                          const std::stop_token& stop) {
  return Joint(bench, services, say, stop).prove();
}

}  // namespace capmin
