// Fuzzes everything that reads hostile text: matching, ranking, signatures, sanitizing, masking.
#include "diagnosis/rule_table.h"
#include "diagnosis/secrets.h"
#include "text/embedded.h"
#include "text/sanitize.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

bool is_fit_for_a_terminal(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      return false;
    }
  }
  return true;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capmin;
  static const RuleTable table = RuleTable::parse(embedded_rules(), "rules.yaml");
  const std::string text(reinterpret_cast<const char*>(data), size);

  const std::string clean = sanitize(text, 100);
  require(clean.size() <= 100);
  require(is_fit_for_a_terminal(clean));
  require(sanitize(clean, 100) == clean);
  require(Secrets({"hunter2"}).masked("<" + text + ">").find("hunter2") == std::string::npos);

  const Evidence evidence{text, {}, size % 2 == 0, 1};
  const std::vector<Clue> clues = table.clues(evidence);
  require(clues.size() <= 200);
  for (const Clue& clue : clues) {
    require(is_fit_for_a_terminal(clue.line));
    require(!clue.suspects.empty());
  }
  require(clues.empty() == ranked_suspects(clues, evidence.exited).empty());
  require(!failure_signature(clues, evidence).empty());
  return 0;
}
