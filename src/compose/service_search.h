#pragma once

#include "compose/stack_company.h"
#include "compose/stack_session.h"
#include "options/compose_options.h"
#include "options/verify_options.h"
#include "profile/profile.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

namespace capmin {

/// What a search of one service of a stack works with, for those who search it alone: its options
/// and its company.
class ServiceSearch {
 public:
  /// `options` name one service. Throws Error as StackSession does, and kUsage for a service that
  /// cannot be tried or has no probe.
  ServiceSearch(ComposeOptions options, ProcessRunner& runner, const std::stop_token& stop);
  /// The same for the service that `profile`, the file at `path`, is of; it is judged as the
  /// profile says, but for what is `asked`. Throws Error kUsage also where its Compose files are
  /// not there.
  ServiceSearch(const Profile& profile, const std::filesystem::path& path,
                const VerifyOptions& asked, ProcessRunner& runner, const std::stop_token& stop);

  const RunOptions& options() const { return plan_.options; }
  RunOptions& options() { return plan_.options; }
  Company& company() { return *company_; }
  /// What a profile that is found so tells of the stack; the joint proof is untried.
  Profile::Stack facts() const;

 private:
  ServicePlan find_plan(const std::stop_token& stop);

  ComposeOptions options_;
  std::optional<Profile::Stack> known_;  ///< of the profile, with files as it names them
  StackSession session_;
  ServicePlan plan_;
  std::unique_ptr<StackCompany> company_;
};

}  // namespace capmin
