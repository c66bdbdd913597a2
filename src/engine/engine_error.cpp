#include "engine/engine_error.h"

#include "engine/dialect.h"
#include "system/process_limits.h"

#include <algorithm>

namespace capmin {

using Ending = ProcessResult::Ending;

std::string one_line(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n\r\t");
  if (begin == std::string_view::npos) return {};
  std::string line(text.substr(begin, text.find_last_not_of(" \n\r\t") - begin + 1));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

Error engine_error(const std::string& engine, const std::string& action,
                   const ProcessResult& result) {
  const std::string prefix = "cannot " + action + ": ";
  switch (result.ending) {
    case Ending::kNotStarted:
      return {ExitCode::kEngine, prefix + result.failure,
              is_of_limits(result.error) ? limits_hint(true) : "install " + engine};
    case Ending::kDeadline:
      return {ExitCode::kEngine, prefix + engine + " did not answer in time",
              "see whether the engine still works: " + engine + " version"};
    case Ending::kStopped:
      return {ExitCode::kEngine, prefix + "interrupted"};
    case Ending::kSignaled:
      return {ExitCode::kEngine,
              prefix + engine + " was killed by signal " + std::to_string(result.status),
              limits_hint(false)};
    case Ending::kExited:
      break;
  }
  const std::string words = one_line(result.err);
  if (const auto unusable = says_unusable(dialect_of(engine), words)) {
    return {ExitCode::kEngine, prefix + unusable->reason, unusable->hint};
  }
  const std::string limits = limits_hint(false);
  return {ExitCode::kEngine,
          prefix + (words.empty() ? "no reason given" : words) + " (exit status " +
              std::to_string(result.status) + ')',
          limits.empty() ? "see whether the engine still works: capmin doctor" : limits};
}

}  // namespace capmin
