#include "system/process_limits.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <sys/resource.h>
#include <system_error>

namespace capmin {
namespace {

constexpr rlim_t kKibibyte = 1024;
constexpr rlim_t kMebibyte = 1024 * kKibibyte;
constexpr rlim_t kGibibyte = 1024 * kMebibyte;

struct Limit {
  decltype(RLIMIT_STACK) resource;
  char flag;            ///< of ulimit, bash(1)
  rlim_t unit;          ///< bytes of one of ulimit's; 1 for what is counted
  rlim_t enough;        ///< from here on it is in nobody's way
  const char* counted;  ///< what it counts
  int error;            ///< errno(3) of what fails because of it
};

/// Clients written in Go reserve more than a gibibyte of addresses, mostly without using them.
constexpr std::array<Limit, 6> kLimits{
    {{RLIMIT_STACK, 's', kKibibyte, kMebibyte, "KiB of stack", 0},
     {RLIMIT_NOFILE, 'n', 1, 64, "open files", EMFILE},
     {RLIMIT_AS, 'v', kKibibyte, 4 * kGibibyte, "KiB of memory", ENOMEM},
     {RLIMIT_DATA, 'd', kKibibyte, kGibibyte, "KiB of data", ENOMEM},
     {RLIMIT_NPROC, 'u', 1, 128, "processes", EAGAIN},
     {RLIMIT_FSIZE, 'f', kKibibyte, 16 * kMebibyte, "KiB in a file", EFBIG}}};

std::optional<rlim_t> value_of(const Limit& limit) {
  rlimit value{};
  if (::getrlimit(limit.resource, &value) != 0 || value.rlim_cur == RLIM_INFINITY) return {};
  return value.rlim_cur;
}

std::string text_of(const Limit& limit, rlim_t value) {
  return std::to_string(value / limit.unit) + ' ' + limit.counted + " (ulimit -" + limit.flag + ')';
}

}  // namespace

std::string error_text(int error) {
  std::string text = std::generic_category().message(error);
  for (const Limit& limit : kLimits) {
    const std::optional<rlim_t> value = value_of(limit);
    if (limit.error == 0 || limit.error != error || !value) continue;
    text += ", and this process may have " + text_of(limit, *value);
  }
  return text;
}

bool is_of_limits(int error) {
  return error == ENFILE || std::ranges::any_of(kLimits, [error](const Limit& limit) {
           return limit.error != 0 && limit.error == error;
         });
}

std::string limits_hint(bool always) {
  std::string low;
  for (const Limit& limit : kLimits) {
    const std::optional<rlim_t> value = value_of(limit);
    if (!value || *value >= limit.enough) continue;
    low += (low.empty() ? "" : ", ") + text_of(limit, *value);
  }
  if (!low.empty()) return "limits of this process may be the reason: " + low + "; raise them";
  return always ? "see the limits of this process and the machine's free memory: ulimit -a; free"
                : "";
}

void check_stack() {
  const std::optional<rlim_t> stack = value_of(kLimits.front());
  if (!stack || *stack >= kLimits.front().enough) return;
  throw Error(ExitCode::kEngine,
              "this process may have only " + text_of(kLimits.front(), *stack) +
                  ", with which capmin and the engine's client crash",
              "ulimit -s 8192");
}

}  // namespace capmin
