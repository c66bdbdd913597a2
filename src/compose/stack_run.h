#pragma once

#include "compose/joint_proof.h"
#include "compose/stack_session.h"
#include "core/error.h"
#include "run/chosen_rules.h"
#include "run/terminal.h"

#include <functional>
#include <future>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// What became of the search of one service.
struct ServiceResult {
  std::string service;
  std::optional<Profile> profile;  ///< nothing where no set passed
  std::optional<Error> error;      ///< why there is none, or why its proof was cut short
  CapabilitySet set = {};          ///< what the file is to give it; with a whole profile
};

/// What became of a stack.
struct StackResult {
  std::vector<ServiceResult> services;  ///< in their order
  JointResult joint;
  bool is_interrupted = false;

  /// The sets that the file is to give, where each is proven and so are all at once.
  std::map<std::string, CapabilitySet> proven_sets() const;
};

/// What the searches of a stack work with.
struct StackTools {
  ProcessRunner& runner;
  std::shared_future<ChosenRules> rules;
  Terminal* terminal = nullptr;  ///< null shows nothing
};

/// Minimizes the services of `plans` one after another, each in the company of what it depends on
/// with what the file gives that; then proves all new sets at once. `keep` is given each result as
/// soon as it is known, and once more what the joint proof adds to it. Nothing that goes wrong with
/// one service keeps the others from being searched.
StackResult minimize(const StackSession& session, const ComposeOptions& options,
                     const std::vector<ServicePlan>& plans, const StackTools& tools,
                     const std::function<void(const ServiceResult&)>& keep,
                     const std::stop_token& stop);

/// What the profile of a service of a stack tells of the stack.
Profile::Stack stack_facts(const Stack& stack, const ComposeOptions& options,
                           const std::string& service);

}  // namespace capmin
