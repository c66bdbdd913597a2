// Fuzzes the reading of rule files: any text is either a table or an Error, and a table can be
// asked.
#include "core/error.h"
#include "diagnosis/rule_table.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const capmin::RuleTable table = capmin::RuleTable::parse(text, "fuzz.yaml");
    table.clues({"bind: Permission denied\nOperation not permitted: /x\n", {}, true, 1});
  } catch (const capmin::Error& e) {
    if (e.code() != capmin::ExitCode::kUsage) {
      std::abort();
    }
  }
  return 0;
}
