#include "cli/explain_text.h"
#include "text/sanitize.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace capmin {
namespace {

constexpr std::size_t kDigits = 16;

std::string digits(CapabilitySet set) {
  std::array<char, kDigits> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), set.bits(), 16);
  const std::string short_text(text.data(), end);
  return std::string(kDigits - short_text.size(), '0') + short_text;
}

/// The members by their names, and bits without a name by their numbers.
std::string members_text(CapabilitySet set) {
  CapabilitySet known;
  for (const Capability member : set.members()) {
    known = known.with(member);
  }
  const std::uint64_t others = (set - known).bits();
  std::string text = known.empty() && others != 0 ? "" : to_string(known);
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((others >> bit & 1U) != 0) text += (text.empty() ? "" : " ") + std::to_string(bit);
  }
  return text;
}

std::string comparison(const std::string& label, CapabilitySet has, CapabilitySet wanted,
                       const std::string& what) {
  if (has == wanted) return "  " + label + "is " + what + '\n';
  std::string text;
  if (!(has - wanted).empty()) text += "beyond " + what + ": " + members_text(has - wanted);
  if (!(wanted - has).empty()) {
    text += (text.empty() ? "" : "; ") + std::string("without ") + members_text(wanted - has) +
            (text.empty() ? " of " + what : "");
  }
  return "  " + label + text + '\n';
}

std::string comparisons(const KernelSets& sets, CapabilitySet wanted, const std::string& what) {
  return comparison("bounding   ", sets.bounding, wanted, what) +
         comparison("effective  ", sets.effective, wanted, what);
}

}  // namespace

std::optional<CapabilitySet> mask_named(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.empty() || text.size() > kDigits) return std::nullopt;
  std::uint64_t bits = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, bits, 16);
  if (error != std::errc() || rest != end) return std::nullopt;
  return CapabilitySet::from_bits(bits);
}

std::string mask_text(CapabilitySet mask) {
  std::string text = "0x" + digits(mask) + '=';
  bool first = true;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((mask.bits() >> bit & 1U) == 0) continue;
    text += first ? "" : ",";
    first = false;
    if (bit >= kCapabilityCount) {
      text += std::to_string(bit);
      continue;
    }
    text += "cap_";
    for (const char letter : name_of(static_cast<Capability>(bit))) {
      text += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
  }
  return text + '\n';
}

std::string sets_text(const std::string& container, int pid, const KernelSets& sets,
                      const Profile* profile) {
  const std::array<std::pair<const char*, CapabilitySet>, 5> rows{{{"CapInh", sets.inheritable},
                                                                   {"CapPrm", sets.permitted},
                                                                   {"CapEff", sets.effective},
                                                                   {"CapBnd", sets.bounding},
                                                                   {"CapAmb", sets.ambient}}};
  std::string text = "container " + sanitize(container) + ", process " + std::to_string(pid) + '\n';
  for (const auto& [name, set] : rows) {
    text += "  " + std::string(name) + "  " + digits(set) + "  " + members_text(set) + '\n';
  }
  text += "beside Docker's default set\n" +
          comparisons(sets, docker_default_set(), "Docker's default set");
  if (profile == nullptr) return text;
  return text + "beside the profile of " + sanitize(profile->image.reference) + ", which adds " +
         to_string(profile->add) + '\n' + comparisons(sets, profile->add, "the profile's set");
}

}  // namespace capmin
