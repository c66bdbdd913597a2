#pragma once

#include <string>
#include <string_view>
#include <vector>

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

/// Whether a shell takes `text` as it is, also where it is the result of $(...), which is taken
/// apart at blanks and completed like file names.
bool is_shell_word(std::string_view text);

/// `word` as a shell takes it: as it is where is_shell_word(), else in single quotes; in bash's
/// $'...' with octal escapes where something in it would act unseen or be executed by a CI system
/// (see visible()).
std::string shell_quoted(std::string_view word);
/// The same of each word, with blanks between them.
std::string shell_quoted(const std::vector<std::string>& words);

}  // namespace capmin
