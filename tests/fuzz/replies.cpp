// Fuzzes the reading of what engines reply: any text is either an Error of the engine or facts.
#include "engine/replies.h"

#include "core/error.h"
#include "engine/engine.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

template <typename Read>
void read_or_refuse(Read read) {
  try {
    read();
  } catch (const capmin::Error& error) {
    if (error.code() != capmin::ExitCode::kEngine) std::abort();
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capmin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Two replies of one input, which the first line break parts.
  const std::string_view second = text.substr(std::min(text.find('\n'), text.size()));
  read_or_refuse([text, second] {
    static_cast<void>(parse_engine_facts(text.substr(0, text.size() - second.size()), second));
  });
  read_or_refuse([text] { static_cast<void>(parse_image_facts(text)); });
  read_or_refuse([text] { static_cast<void>(parse_labelled_container(text)); });
  read_or_refuse([text] { static_cast<void>(parse_created_container(text)); });
  read_or_refuse([text] { static_cast<void>(parse_labelled_volume(text)); });
  read_or_refuse([text] {
    ContainerFacts facts = parse_container_facts(text);
    add_start_failure(text, facts);
    static_cast<void>(program_not_executable(facts));
  });
  return 0;
}
