// Fuzzes the reading of a journal's lines: any line is either nothing or a trial that reads back
// equal from its own record. The input is also given a right checksum, as else nothing would pass.
#include "trial/journal.h"

#include "system/file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

void read(const std::string& line) {
  const std::optional<capmin::FinishedTrial> trial = capmin::trial_from_record(line);
  if (!trial) return;
  const std::string record = capmin::to_record(*trial);
  const std::optional<capmin::FinishedTrial> again = capmin::trial_from_record(record);
  if (!again || capmin::to_record(*again) != record) std::abort();
  if (again->observation != trial->observation) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(text);
  read(R"({"sum":")" + capmin::sha256(text).substr(0, 32) + R"(","trial":)" + text + "}");
  return 0;
}
