// Measures what matching costs: milliseconds for a mebibyte of log, with the embedded rules.
#include "diagnosis/rule_table.h"
#include "text/embedded.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace capmin {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;
constexpr int kRepetitions = 9;

/// Of the processor, so that what else the machine does counts little.
double milliseconds_since(std::clock_t begin) {
  return 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// The lines of all logs below `directory` of the tests' data: those that need something, or all.
std::vector<std::string> lines_of(const std::string& directory, bool only_errors) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(CAPMIN_TEST_DATA "/diagnosis/" + directory)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> lines;
  for (const auto& path : paths) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      const std::size_t mark = line.find("> ");
      if (line.starts_with('#') || mark == std::string::npos || (only_errors && mark == 0))
        continue;
      lines.push_back(line.substr(mark + 2));
    }
  }
  return lines;
}

/// A mebibyte of these lines one after the other, each numbered, so that none equals another.
std::string log_of(const std::vector<std::string>& lines) {
  std::string log;
  for (std::size_t i = 0; log.size() < kMebibyte; ++i) {
    log += lines[i % lines.size()] + " " + std::to_string(i) + '\n';
  }
  return log;
}

void measure(const char* name, const std::string& log, const RuleTable& table) {
  Evidence evidence;
  evidence.log = log;
  std::vector<double> times;
  std::size_t clues = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    const std::clock_t begin = std::clock();
    clues = table.clues(evidence).size();
    times.push_back(milliseconds_since(begin));
  }
  const double first = times.front();
  std::ranges::sort(times);
  const double size = static_cast<double>(log.size()) / kMebibyte;
  std::printf("%-9s %8zu %8.1f %8.1f %8.1f\n", name, clues, first / size,
              times[times.size() / 2] / size, times.front() / size);
}

void run() {
  const std::clock_t begin = std::clock();
  const RuleTable table = RuleTable::parse(embedded_rules(), "embedded rules");
  std::printf("reading the rules: %.1f ms\n\n", milliseconds_since(begin));
  std::printf("ms per MiB   clues    first   median     best\n");
  const std::vector<std::string> innocent = lines_of("innocent", false);
  const std::vector<std::string> errors = lines_of("observed", true);
  // One error in a hundred lines, as in a server that runs and complains.
  std::vector<std::string> mixed;
  for (std::size_t i = 0; i < 100 * errors.size(); ++i) {
    mixed.push_back(i % 100 == 99 ? errors[i / 100] : innocent[i % innocent.size()]);
  }
  measure("innocent", log_of(innocent), table);
  measure("mixed", log_of(mixed), table);
  measure("errors", log_of(errors), table);
}

}  // namespace
}  // namespace capmin

int main() {
  capmin::run();
  return 0;
}
