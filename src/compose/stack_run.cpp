#include "compose/stack_run.h"

#include "compose/stack_company.h"
#include "core/container_options.h"
#include "export/export.h"
#include "profile/sentences.h"
#include "run/image_search.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <algorithm>
#include <variant>

namespace capmin {
namespace {

CompanyState company_state(const ComposeOptions& options) {
  return options.keeps_company ? CompanyState::kKept : CompanyState::kFresh;
}

/// What the file is to give the service: under Docker's own rules for ports and ping.
CapabilitySet set_for_file(const Profile& profile) {
  const bool opens_ports = !shares_network(profile.environment.network);
  return content_for(profile, *target_named("compose"), {}, opens_ports).needed;
}

class StackRun {
 public:
  StackRun(const StackSession& session, const ComposeOptions& options, const StackTools& tools,
           const std::stop_token& stop)
      : session_(session), options_(options), tools_(tools), stop_(stop) {}

  /// Appends to `joint` what the joint proof needs of a service with a whole profile.
  ServiceResult search(const ServicePlan& plan, std::vector<JointService>& joint);
  void say(const std::string& line) const {
    if (tools_.terminal != nullptr) tools_.terminal->line(line);
  }

 private:
  Profile with_stack(Profile profile, const std::string& service) const;

  const StackSession& session_;
  const ComposeOptions& options_;
  const StackTools& tools_;
  const std::stop_token& stop_;
};

Profile StackRun::with_stack(Profile profile, const std::string& service) const {
  profile.stack = stack_facts(session_.stack(), options_, service);
  if (profile.stack.company == CompanyState::kKept && !profile.stack.companions.empty()) {
    profile.warnings.push_back(
        "its companions stayed up between trials (--keep-company): what an earlier trial left in " +
        joined(profile.stack.companions, ", ") + " may have helped a later one to pass");
  }
  return profile;
}

ServiceResult StackRun::search(const ServicePlan& plan, std::vector<JointService>& joint) {
  ServiceResult result{.service = plan.service, .profile = {}, .error = {}};
  try {
    StackCompany company(session_.bench(), plan.service, company_state(options_),
                         plan.options.jobs);
    ImageSearch search(plan.options, {tools_.runner, tools_.rules, tools_.terminal, {}, &company});
    search.prepare_to_trace();
    search.announce();
    SearchOutcome outcome = search.search({}, stop_);
    for (const std::string& command : search.engine().leftovers()) {
      say("warning: something could not be removed; remove it with: " + command);
    }
    if (auto* const found = std::get_if<FoundProfile>(&outcome)) {
      result.profile = with_stack(std::move(found->profile), plan.service);
      result.set = set_for_file(*result.profile);
      joint.push_back({.service = plan.service,
                       .set = result.set,
                       .probe = search.plan().setup.probe,
                       .patience = plan.options.timeout.value_or(Patience().baseline)});
    } else if (auto* const cut = std::get_if<CutShort>(&outcome)) {
      if (cut->best) result.profile = with_stack(*std::move(cut->best), plan.service);
      result.error.emplace(cut->by.empty() ? ExitCode::kInterrupted : ExitCode::kBudget,
                           cut->by.empty() ? "interrupted" : cut->by + " was used up",
                           "give it more");
    } else {
      result.error = std::get<Error>(outcome);
    }
  } catch (const Error& error) {
    result.error = error;
  }
  return result;
}

void add_joint_proof(const JointResult& joint, ServiceResult& result) {
  if (!result.profile) return;
  Profile::Stack& stack = result.profile->stack;
  stack.joint = joint.proof;
  for (const Disagreement& disagreement : joint.disagreements) {
    if (disagreement.service == result.service) {
      stack.disagrees.insert(stack.disagrees.end(), disagreement.with.begin(),
                             disagreement.with.end());
    } else if (std::ranges::find(disagreement.with, result.service) != disagreement.with.end()) {
      stack.disagrees.push_back(disagreement.service);
    }
  }
  std::ranges::sort(stack.disagrees);
  const auto repeated = std::ranges::unique(stack.disagrees);
  stack.disagrees.erase(repeated.begin(), repeated.end());
  if (joint.proof != JointProof::kPassed) {
    result.profile->warnings.push_back(
        "the set is proven in the company that the file gives the service, and not beside the new "
        "sets of the others: " +
        (joint.proof == JointProof::kFailed ? joint_text(stack) : joint.reason));
  }
}

}  // namespace

Profile::Stack stack_facts(const Stack& stack, const ComposeOptions& options,
                           const std::string& service) {
  return {.files = options.files.files,
          .project_directory = options.files.project_directory,
          .env_file = options.files.env_file,
          .profiles = options.files.profiles,
          .service = service,
          .companions = companions_of(stack, service),
          .company = company_state(options),
          .keeps_volumes = options.keeps_volumes,
          .joint = JointProof::kUntried,
          .disagrees = {}};
}

std::map<std::string, CapabilitySet> StackResult::proven_sets() const {
  std::map<std::string, CapabilitySet> sets;
  if (joint.proof != JointProof::kPassed) return sets;
  for (const ServiceResult& result : services) {
    if (!result.error) sets[result.service] = result.set;
  }
  return sets;
}

StackResult minimize(const StackSession& session, const ComposeOptions& options,
                     const std::vector<ServicePlan>& plans, const StackTools& tools,
                     const std::function<void(const ServiceResult&)>& keep,
                     const std::stop_token& stop) {
  StackRun run(session, options, tools, stop);
  StackResult result;
  std::vector<JointService> joint;
  for (const ServicePlan& plan : plans) {
    run.say("\nservice " + plan.service);
    for (const std::string& note : plan.notes) {
      run.say("note: " + plan.service + ": " + note);
    }
    result.services.push_back(run.search(plan, joint));
    if (stop.stop_requested()) break;
    keep(result.services.back());
    if (const auto& error = result.services.back().error) {
      run.say("error: the service " + plan.service + ": " + sanitize(error->what(), 2000) +
              (error->hint().empty() ? "" : "\n  hint: " + sanitize(error->hint(), 2000)));
    }
  }
  result.is_interrupted = stop.stop_requested();
  const bool is_whole = std::ranges::none_of(
      result.services, [](const ServiceResult& each) { return each.error.has_value(); });
  if (result.is_interrupted) return result;
  if (!is_whole) {
    result.joint.reason = "some service has no proven set";
  } else {
    try {
      result.joint = prove_jointly(
          session.bench(), joint, [&run](const std::string& line) { run.say('\n' + line); }, stop);
    } catch (const Error& error) {
      result.joint.reason = sanitize(error.what(), 2000);
    }
  }
  result.is_interrupted = stop.stop_requested();
  if (result.is_interrupted) return result;
  for (ServiceResult& each : result.services) {
    add_joint_proof(result.joint, each);
    keep(each);
  }
  return result;
}

}  // namespace capmin
