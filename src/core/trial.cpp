#include "core/trial.h"

namespace capmin {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "pass";
    case Verdict::kFailed:
      return "fail";
    case Verdict::kUndecided:
      return "undecided";
  }
  return "undecided";
}

}  // namespace capmin
