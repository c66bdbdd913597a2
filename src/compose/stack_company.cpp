#include "compose/stack_company.h"

#include "core/error.h"
#include "engine/arguments.h"
#include "system/file.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace capmin {

/// The container of the service that is on trial, in a project that it holds as long as it lives.
class StackCompany::OnTrial : public TrialContainer {
 public:
  OnTrial(StackCompany& company, std::unique_ptr<Project> project, ProjectContainer container)
      : company_(company), project_(std::move(project)), container_(std::move(container)) {
    variables_ = project_->variables();
  }
  ~OnTrial() override {
    if (company_.state_ == CompanyState::kFresh) return;
    if (!company_.bench_.engine.remove(container_.id)) project_.reset();
    company_.give_back(std::move(project_));
  }

  const std::string& name() const override { return container_.name; }
  const std::string& id() const override { return container_.id; }

  ProgramVariables variables(const std::string& ip,
                             const std::map<std::string, std::string>& ports) const override {
    ProgramVariables variables{{"CAPMIN_SERVICE", container_.service}};
    std::ranges::copy(variables_, std::back_inserter(variables));
    std::ranges::move(service_variables(container_.service, ip, ports),
                      std::back_inserter(variables));
    return variables;
  }

  std::string trouble() override {
    const std::string loss = project_->loss();
    return loss.empty() ? loss : loss + " while " + container_.service + " was on trial";
  }

 private:
  StackCompany& company_;
  std::unique_ptr<Project> project_;
  ProjectContainer container_;
  ProgramVariables variables_;
};

StackCompany::StackCompany(const StackBench& bench, std::string service, CompanyState state,
                           int slots)
    : bench_(bench),
      service_(std::move(service)),
      state_(state),
      slots_(static_cast<std::size_t>(slots)),
      companions_(companions_of(bench.stack, service_)) {}

StackCompany::~StackCompany() {
  end_.request_stop();
  for (std::future<std::unique_ptr<Project>>& spare : spares_) {
    spare.wait();
  }
}

std::unique_ptr<Project> StackCompany::bring_up(const std::stop_token& stop) {
  constexpr int kMostTries = 2;
  for (int tries = 1;; ++tries) {
    std::vector<std::string> services = companions_;
    services.push_back(service_);
    auto project = std::make_unique<Project>(bench_, std::move(services));
    std::optional<ServiceFault> fault = project->start(companions_, stop);
    if (!fault) fault = project->await_dependencies(service_, stop);
    const std::scoped_lock lock(mutex_);
    if (!fault) {
      has_been_up_ = true;
      project->note_running();
      return project;
    }
    if (tries < kMostTries && !stop.stop_requested()) continue;
    // What was up before and is not now is no fault of the file's.
    throw Error(has_been_up_ ? ExitCode::kEngine : ExitCode::kNoWorkingSet,
                "the service " + fault->service + ", which " + service_ +
                    " depends on, does not come up: " + fault->what +
                    (fault->log.empty() ? "" : "\n  its log: " + fault->log),
                "it runs with what the file gives it; see whether " + bench_.compose.name() +
                    " up brings it up, and its healthcheck");
  }
}

std::unique_ptr<Project> StackCompany::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (state_ == CompanyState::kKept) {
    changed_.wait(lock, [this] { return !idle_.empty() || projects_ < slots_; });
    if (!idle_.empty()) {
      std::unique_ptr<Project> project = std::move(idle_.back());
      idle_.pop_back();
      return project;
    }
    ++projects_;
  } else if (!spares_.empty()) {
    std::future<std::unique_ptr<Project>> spare = std::move(spares_.front());
    spares_.pop_front();
    lock.unlock();
    return spare.get();
  }
  lock.unlock();
  try {
    return bring_up(stop);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void StackCompany::give_back(std::unique_ptr<Project> project) {
  if (state_ == CompanyState::kFresh) return;
  const std::scoped_lock lock(mutex_);
  if (project) {
    idle_.push_back(std::move(project));
  } else {
    --projects_;
  }
  changed_.notify_all();
}

/// The companions of the next trial may start while this one runs, unless projects share something.
void StackCompany::prepare_next() {
  if (state_ == CompanyState::kKept || companions_.empty() || !shared().empty()) return;
  const std::scoped_lock lock(mutex_);
  if (spares_.size() >= slots_) return;
  spares_.push_back(std::async(std::launch::async, [this] { return bring_up(end_.get_token()); }));
}

std::unique_ptr<TrialContainer> StackCompany::make(const ContainerSpec& spec,
                                                   const TrialIdentity& identity,
                                                   const std::stop_token& stop) {
  std::unique_ptr<Project> project = take(stop);
  try {
    ServiceGrant trial{.grant = identity.grant,
                       .labels = {},
                       .sysctls = trial_sysctls(spec),
                       .mounts = {},
                       .without_healthcheck = false};
    std::ranges::copy_if(identity.labels, std::back_inserter(trial.labels),
                         [](const auto& label) { return label.first == "capmin.trial"; });
    for (const Volume& volume : spec.volumes) {
      if (volume.target == kProbeInside) trial.mounts.push_back(to_argument(volume));
    }
    trial.without_healthcheck = std::ranges::any_of(
        spec.options, [](const EngineOption& option) { return option.name == "--no-healthcheck"; });
    project->put_on_trial({{service_, std::move(trial)}});
    project->create({service_}, stop);
    ProjectContainer container = project->container_of(service_);
    if (!is_of_same_image(container)) {
      throw Error(ExitCode::kUsage,
                  "the image of the service " + service_ + " is another one than at the beginning",
                  "run capmin again: all trials must begin alike");
    }
    auto made = std::make_unique<OnTrial>(*this, std::move(project), std::move(container));
    prepare_next();
    return made;
  } catch (...) {
    project.reset();
    give_back(nullptr);
    throw;
  }
}

/// A name may come to mean another image while a search runs.
bool StackCompany::is_of_same_image(const ProjectContainer& container) {
  const std::scoped_lock lock(mutex_);
  if (image_.empty()) image_ = container.image;
  return image_ == container.image;
}

std::vector<std::string> StackCompany::shared() const {
  std::vector<std::string> services = companions_;
  services.push_back(service_);
  return shared_things(bench_.stack, services, bench_.keeps_volumes);
}

std::string StackCompany::fingerprint() const {
  StackProject project;
  project.services = companions_;
  project.services.push_back(service_);
  project.images = bench_.images;
  project.keeps_volumes = bench_.keeps_volumes;
  return sha256(project_file(bench_.stack, project)) +
         (state_ == CompanyState::kKept ? " kept" : "");
}

}  // namespace capmin
