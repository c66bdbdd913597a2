#include "profile/check_reader.h"

#include "profile/capability_reader.h"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {
namespace {

constexpr int kMost = std::numeric_limits<int>::max();

CheckResult result_of(const YamlNode& node, const YamlReader& read) {
  static const std::array<std::string_view, 3> results{
      name_of(CheckResult::kGranted), name_of(CheckResult::kSoft), name_of(CheckResult::kHard)};
  const std::string result = read.word(node, results);
  return result == results[0]   ? CheckResult::kGranted
         : result == results[1] ? CheckResult::kSoft
                                : CheckResult::kHard;
}

/// Of a map that may have other keys, too.
Profile::Check check_in(const YamlNode& node, const YamlReader& read) {
  return {read.text_or_empty(node, "call"), read.text(read.at(node, "process")),
          result_of(read.at(node, "result"), read)};
}

}  // namespace

Profile::Check check_of(const YamlNode& node, const YamlReader& read) {
  return check_in(read.map(node, {"call", "process", "result"}), read);
}

Profile::Count count_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"name", "trial", "call", "process", "result", "count"});
  return {capability_of(read.at(node, "name"), read),
          read.whole_number(read.at(node, "trial"), 0, kMost), check_in(node, read),
          read.whole_number(read.at(node, "count"), 1, kMost)};
}

Profile::Unneeded unneeded_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"name", "call", "process", "count", "result"});
  const YamlNode* const result = read.find(node, "result");
  return {capability_of(read.at(node, "name"), read), read.text_or_empty(node, "call"),
          read.text(read.at(node, "process")), read.whole_number(read.at(node, "count"), 1, kMost),
          result == nullptr ? std::nullopt : std::optional(result_of(*result, read))};
}

}  // namespace capmin
