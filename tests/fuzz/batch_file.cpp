// Fuzzes the reading of batch files: any text is either an Error of usage or a list of jobs, each
// with a name of its own.
#include "batch/batch_file.h"

#include "core/error.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    std::set<std::string> names;
    for (const capmin::BatchJob& job :
         capmin::read_batch({reinterpret_cast<const char*>(data), size}, "fuzz.yml")) {
      if (job.name.empty() || !names.insert(job.name).second) std::abort();
    }
    if (names.empty()) std::abort();
  } catch (const capmin::Error& error) {
    if (error.code() != capmin::ExitCode::kUsage) std::abort();
  }
  return 0;
}
