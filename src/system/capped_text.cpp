#include "system/capped_text.h"

#include <algorithm>

namespace capmin {

void CappedText::append(std::string_view text) {
  const std::size_t room = std::min(half_ - head_.size(), text.size());
  head_ += text.substr(0, room);
  tail_ += text.substr(room);
  if (tail_.size() > 2 * half_) {
    left_out_ += tail_.size() - half_;
    tail_.erase(0, tail_.size() - half_);
  }
}

std::string CappedText::take() {
  if (tail_.size() > half_) {
    left_out_ += tail_.size() - half_;
    tail_.erase(0, tail_.size() - half_);
  }
  if (left_out_ > 0) {
    head_ += "\n[... " + std::to_string(left_out_) + " bytes left out ...]\n";
  }
  return std::move(head_) + tail_;
}

}  // namespace capmin
