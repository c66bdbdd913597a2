#pragma once

#include "compose/project.h"
#include "profile/profile.h"
#include "trial/trial.h"

#include <condition_variable>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// Makes the containers of one service of a stack: each in a project of its own, with what the
/// service depends on up and in the state that it asks for. While a trial runs, the companions of
/// the next one are started. Projects that are left are removed at the end of this object's life.
class StackCompany : public Company {
 public:
  /// At most `slots` trials run at once. All that `bench` refers to must live as long.
  StackCompany(const StackBench& bench, std::string service, CompanyState state, int slots);
  ~StackCompany() override;

  std::unique_ptr<TrialContainer> make(const ContainerSpec& spec, const TrialIdentity& identity,
                                       const std::stop_token& stop) override;
  std::vector<std::string> shared() const override;
  std::string fingerprint() const override;

 private:
  class OnTrial;
  std::unique_ptr<Project> bring_up(const std::stop_token& stop);
  std::unique_ptr<Project> take(const std::stop_token& stop);
  void prepare_next();
  bool is_of_same_image(const ProjectContainer& container);
  void give_back(std::unique_ptr<Project> project);

  const StackBench& bench_;
  const std::string service_;
  const CompanyState state_;
  const std::size_t slots_;
  const std::vector<std::string> companions_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t projects_ = 0;  ///< kept ones that are up
  std::vector<std::unique_ptr<Project>> idle_;
  std::list<std::future<std::unique_ptr<Project>>> spares_;
  bool has_been_up_ = false;
  std::string image_;  ///< of the service in the first trial
  std::stop_source end_;
};

}  // namespace capmin
