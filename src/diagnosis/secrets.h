#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace capmin {

/// Values that nobody may see, in a form in which they are found wherever they stand in a text and
/// however they are written there.
class Secrets {
 public:
  Secrets() = default;
  /// Each of `values` and each of its lines, where it has at least 6 bytes without the blanks
  /// around it: shorter ones are ports, switches and brackets, which make texts unreadable when
  /// they are masked. A value that is written with backslashes counts also as what it means, and
  /// one in quotes without them.
  explicit Secrets(const std::vector<std::string>& values);

  bool empty() const { return patterns_.empty(); }

  /// `text`, any number of lines, with "[masked]" in the place of each value, whether it stands
  /// there as it is, with the escapes of JSON, C or a shell (once or twice), URL-encoded, or as
  /// base64 in either alphabet, also within a longer text that was encoded and where lines are
  /// broken within it. Line breaks stay. Linear in the size of `text`, but for texts and values
  /// that repeat themselves.
  std::string masked(std::string_view text) const;

  /// The same, but as long as `text`: kCover stands in the place of each byte.
  std::string covered(std::string_view text) const;

  static constexpr char kCover = '\x1a';

 private:
  /// What is looked for, without line breaks.
  struct Pattern {
    std::string text;
    bool is_base64 = false;  ///< the digits beside it may hold bits of the value
  };
  struct View;

  void cover(const View& view, std::string& covered) const;

  std::vector<Pattern> patterns_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_start_;  ///< of their first bytes
  std::vector<bool> may_start_;  ///< by a hash of these: most places are passed over by it
};

/// `text` with each run of Secrets::kCover replaced by "[masked]".
std::string uncovered(std::string_view text);

/// `line` with what has a common shape of a secret replaced by "[masked]": `password=...` and its
/// like, `Authorization:` headers, passwords in URLs, AWS and GitHub keys, JSON web tokens and
/// private keys in PEM form, also a line that is nothing but base64 of 60 bytes or more (the body
/// of such a key); and with what Secrets::covered() left. Linear in the size of `line`.
std::string mask_secrets(std::string_view line);

}  // namespace capmin
