// Fuzzes the reading of what strace prints: any text gives calls that are bounded and printable.
#include "trace/strace_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capmin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  StraceLog whole;
  whole.append(text);
  StraceLog pieces;
  pieces.append(text.substr(0, size / 2));
  pieces.append(text.substr(size / 2));
  if (whole.failed_calls() != pieces.failed_calls()) std::abort();
  for (const FailedCall& call : whole.failed_calls()) {
    const std::string words = to_text(call);
    if (words.size() > 16384) std::abort();
    if (!std::ranges::all_of(words, [](char letter) { return letter >= ' ' && letter <= '~'; })) {
      std::abort();
    }
    static_cast<void>(suspects_of(call));
  }
  return 0;
}
