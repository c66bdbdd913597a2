// Fuzzes the reading of profiles: any text is either an Error of usage, or a profile that reads
// back equal from what is written of it, in both formats.
#include "core/error.h"
#include "profile/profile_yaml.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::optional<capmin::Profile> profile_of(std::string_view text) {
  try {
    return capmin::profile_from_yaml(text, "fuzz.yaml");
  } catch (const capmin::Error& error) {
    require(error.code() == capmin::ExitCode::kUsage);
    return std::nullopt;
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capmin;
  const std::optional<Profile> profile = profile_of({reinterpret_cast<const char*>(data), size});
  if (!profile) return 0;
  const std::string yaml = to_yaml(*profile);
  const std::string json = to_json(*profile);
  const std::optional<Profile> from_yaml = profile_of(yaml);
  const std::optional<Profile> from_json = profile_of(json);
  require(from_yaml && to_yaml(*from_yaml) == yaml);
  require(from_json && to_yaml(*from_json) == yaml);
  for (const char letter : yaml) {
    require(letter == '\n' || (letter >= ' ' && letter <= '~'));
  }
  return 0;
}
