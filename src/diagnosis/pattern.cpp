#include "diagnosis/pattern.h"

#include "core/error.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <optional>

namespace capmin {
namespace {

constexpr std::int64_t kPatternMemory = std::int64_t{1} << 20U;
/// An automaton for all patterns at once has a state for each mixture of them that lines begin:
/// that grows past any memory. Those of some are small, and a line is read a few times instead.
constexpr std::size_t kPatternsOfSet = 64;
constexpr std::int64_t kSetMemory = std::int64_t{16} << 20U;

RE2::Options options(std::int64_t memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  options.set_max_mem(memory);
  return options;
}

}  // namespace

std::string pattern_error(const std::string& pattern) {
  const RE2 compiled(pattern, options(kPatternMemory));
  if (!compiled.ok()) {
    return compiled.error();
  }
  return RE2::PartialMatch("", compiled) ? "it matches every line" : "";
}

std::string literal_pattern(const std::vector<std::string>& texts) {
  std::string pattern;
  for (const std::string& text : texts) {
    pattern += (pattern.empty() ? "" : "|") + RE2::QuoteMeta(text);
  }
  return pattern;
}

/// Most patterns of a table are never used one by one, and every start would wait for all of them.
class Pattern::Compiled {
 public:
  explicit Compiled(const std::string& text) : text_(text) {}

  const RE2& get() const {
    std::call_once(once_, [this] { pattern_.emplace(text_, options(kPatternMemory)); });
    assert(pattern_->ok());
    return *pattern_;
  }

 private:
  std::string text_;
  mutable std::once_flag once_;
  mutable std::optional<RE2> pattern_;
};

Pattern::Pattern(const std::string& pattern)
    : compiled_(std::make_unique<const Compiled>(pattern)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view line) const {
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), compiled_->get());
}

std::string Pattern::captured(std::string_view line, const std::string& name) const {
  const auto& groups = compiled_->get().NamedCapturingGroups();
  const auto group = groups.find(name);
  if (group == groups.end()) {
    return {};
  }
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(group->second) + 1);
  const re2::StringPiece text(line.data(), line.size());
  if (!compiled_->get().Match(text, 0, text.size(), RE2::UNANCHORED, found.data(),
                              group->second + 1)) {
    return {};
  }
  return found.back().as_string();
}

std::string Pattern::replaced(std::string_view line, const std::string& text) const {
  std::string result(line);
  RE2::GlobalReplace(&result, compiled_->get(), text);
  return result;
}

struct PatternSet::Compiled {
  std::vector<RE2::Set> sets;
};

PatternSet::PatternSet(const std::vector<std::string>& patterns) {
  auto compiled = std::make_unique<Compiled>();
  for (const std::string& pattern : patterns) {
    if (patterns_.size() % kPatternsOfSet == 0) {
      compiled->sets.emplace_back(options(kSetMemory), RE2::UNANCHORED);
    }
    [[maybe_unused]] const int index = compiled->sets.back().Add(pattern, nullptr);
    assert(index >= 0);
    patterns_.emplace_back(pattern);
  }
  for (RE2::Set& set : compiled->sets) {
    if (set.Compile()) continue;
    throw Error(ExitCode::kUsage, "the rules' patterns need too much memory together",
                "use fewer or shorter patterns");
  }
  compiled_ = std::move(compiled);
}
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

std::vector<std::size_t> PatternSet::matching(std::string_view line) const {
  const re2::StringPiece text(line.data(), line.size());
  std::vector<std::size_t> indices;
  std::size_t first = 0;
  for (const RE2::Set& set : compiled_->sets) {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    const std::size_t end = std::min(first + kPatternsOfSet, patterns_.size());
    if (set.Match(text, &found, &error) || error.kind == RE2::Set::kNoError) {
      std::ranges::sort(found);
      std::ranges::transform(found, std::back_inserter(indices), [first](int index) {
        return first + static_cast<std::size_t>(index);
      });
    } else {
      // All at once would take too much memory here: they are asked one by one.
      for (std::size_t i = first; i < end; ++i) {
        if (patterns_[i].matches(line)) indices.push_back(i);
      }
    }
    first = end;
  }
  return indices;
}

}  // namespace capmin
