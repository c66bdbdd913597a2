#include "engine/ownership.h"

#include <algorithm>
#include <string_view>

namespace capmin {
namespace {

constexpr std::string_view kHexadecimal = "0123456789abcdef";

bool is_run(std::string_view text) {
  constexpr std::size_t kDigits = 8;
  return text.size() == kDigits && text.find_first_not_of(kHexadecimal) == std::string_view::npos;
}

/// A name that capmin gives to what it makes in the run.
bool is_named_after(std::string_view name, const std::string& run) {
  const std::string prefix = "capmin-" + run + '-';
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return name.size() > prefix.size() && name.starts_with(prefix) &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> run_labels(const std::string& run,
                                                            const std::string& owner) {
  return {{kRunLabel, run}, {kOwnerLabel, owner}};
}

std::optional<std::string> owner_of(const LabelledObject& object, const Labels& image_labels) {
  const auto run = object.labels.find(kRunLabel);
  const auto owner = object.labels.find(kOwnerLabel);
  if (run == object.labels.end() || owner == object.labels.end()) return std::nullopt;
  if (!is_run(run->second) || !is_named_after(object.name, run->second)) return std::nullopt;
  const auto inherited = image_labels.find(kOwnerLabel);
  if (inherited != image_labels.end() && inherited->second == owner->second) return std::nullopt;
  return owner->second;
}

}  // namespace capmin
