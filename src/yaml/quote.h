#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// The formats that a quoted text can stand in.
enum class QuoteFormat { kYaml, kJson };

/// `text` (UTF-8) between double quotes, on one line, in printable ASCII; a parser of the format
/// reads back the same text. Invalid UTF-8 becomes U+FFFD. In JSON, characters beyond U+FFFF stand
/// for themselves, so that JSON stays YAML. The second of two number signs is escaped.
std::string quote(std::string_view text, QuoteFormat format);

/// `text` as a message can safely show it: itself when it is printable ASCII and nothing that a CI
/// system executes ("::" at its start, "##" anywhere), otherwise quoted.
std::string shown(std::string_view text);

/// `text` in quotes for a message: what is not printable ASCII escaped, cut after 60 bytes.
std::string excerpt(std::string_view text);

}  // namespace capmin
