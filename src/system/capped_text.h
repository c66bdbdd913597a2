#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace capmin {

/// Text that keeps its first and its last bytes, so that endless output needs bounded memory.
class CappedText {
 public:
  /// Keeps at least the first limit/2 bytes and the last limit/2 bytes, and never holds more than
  /// 1.5 x limit.
  explicit CappedText(std::size_t limit) : half_(limit / 2) {}

  void append(std::string_view text);

  /// What was kept; where bytes were left out, a line "[... N bytes left out ...]" stands between.
  std::string take();

 private:
  std::size_t half_;
  std::string head_;
  std::string tail_;
  std::size_t left_out_ = 0;
};

}  // namespace capmin
