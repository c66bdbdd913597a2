#include "run/verification_result.h"

#include "text/sanitize.h"

#include <sstream>

namespace capmin {

std::string_view name_of(ProfileStatus status) {
  switch (status) {
    case ProfileStatus::kOk:
      return "ok";
    case ProfileStatus::kOkNewImage:
      return "ok-new-image";
    case ProfileStatus::kBroken:
      return "broken";
    case ProfileStatus::kLoose:
      return "loose";
    case ProfileStatus::kUnstable:
      return "unstable";
    case ProfileStatus::kStale:
      return "stale";
    case ProfileStatus::kError:
      return "error";
    case ProfileStatus::kNew:
      return "new";
  }
  return {};
}

void tell(const std::string& message, Verification& verification) {
  std::istringstream lines(message);
  std::getline(lines, verification.text);
  verification.text = sanitize(verification.text, 2000);
  for (std::string line; std::getline(lines, line);) {
    verification.details.push_back(sanitize(line, 2000));
  }
}

void set_status(ProfileStatus status, ExitCode exit, Verification& verification) {
  verification.status = status;
  verification.exit = static_cast<int>(exit);
}

Verification failed_by(const Error& error) {
  Verification verification;
  const bool is_unstable = error.code() == ExitCode::kUnstable;
  set_status(is_unstable ? ProfileStatus::kUnstable : ProfileStatus::kError, error.code(),
             verification);
  tell(error.what(), verification);
  verification.hint = error.hint();
  return verification;
}

}  // namespace capmin
