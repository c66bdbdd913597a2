#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace capmin {

/// What an engine's client prints of its own in calls that go well, such as podman's warnings about
/// its host. At `logs` it writes them into the same stream as what the container printed.
/// Thread-safe.
class ClientWarnings {
 public:
  /// Notes the lines of the standard error of a call that went well; of very many only the first.
  void note(std::string_view err);
  /// `log` without the lines that were noted, whatever time each names.
  std::string removed_from(std::string_view log) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> lines_;  ///< without their time
};

}  // namespace capmin
