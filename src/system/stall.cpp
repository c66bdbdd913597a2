#include "system/stall.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace capmin {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<microseconds> total_of(const std::string& pressure) {
  const std::size_t total = pressure.find(" total=");
  if (!pressure.starts_with("some ") || total == std::string::npos) return std::nullopt;
  std::istringstream words(pressure.substr(total + std::string_view(" total=").size()));
  std::int64_t value = 0;
  words >> value;
  return !words || value < 0 ? std::nullopt : std::optional(microseconds(value));
}

/// Zero where it is not told.
std::int64_t stolen_ticks(const std::string& stat) {
  std::istringstream words(stat);
  std::string word;
  constexpr int kBeforeSteal = 8;
  for (int i = 0; i < kBeforeSteal; ++i) {
    words >> word;
  }
  std::int64_t ticks = 0;
  words >> ticks;
  return words ? ticks : 0;
}

}  // namespace

std::optional<milliseconds> machine_stall() {
  return stall_of(first_line("/proc/pressure/cpu"), first_line("/proc/pressure/io"),
                  first_line("/proc/stat"), ::sysconf(_SC_CLK_TCK));
}

std::optional<milliseconds> stall_of(const std::string& cpu, const std::string& io,
                                     const std::string& stat, long ticks_per_second) {
  const std::optional<microseconds> waited = total_of(cpu);
  if (!waited) return std::nullopt;
  constexpr std::int64_t kMillisecondsOfSecond = 1000;
  const milliseconds stolen(stolen_ticks(stat) * kMillisecondsOfSecond / ticks_per_second);
  const microseconds sum = *waited + total_of(io).value_or(microseconds(0));
  return std::chrono::duration_cast<milliseconds>(sum) + stolen;
}

}  // namespace capmin
