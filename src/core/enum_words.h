#pragma once

#include <array>
#include <span>
#include <string_view>
#include <type_traits>

namespace capmin {

/// A value of a fixed list, an enumerator, and the one word for it in documents, options and
/// sentences.
template <typename Value>
struct EnumWord {
  Value value;
  std::string_view word;
};

/// The word of `value` in the table of its list.
template <typename Value>
constexpr std::string_view word_of(std::span<const EnumWord<std::type_identity_t<Value>>> table,
                                   Value value) {
  for (const EnumWord<Value>& each : table) {
    if (each.value == value) return each.word;
  }
  return {};
}

}  // namespace capmin
