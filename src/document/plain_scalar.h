#pragma once

#include <string_view>

namespace capmin {

/// True when an unquoted scalar is text to a YAML 1.1 parser and to a YAML 1.2 parser alike: it
/// begins with a letter or a slash and is no word for a truth value or for nothing (yes, off,
/// null, ...). Conservative: other plain texts are to be quoted.
bool is_plain_text(std::string_view scalar);

/// True when an unquoted scalar is a string to YAML itself, to version 1.1 (yaml.org/type) as well
/// as to the core schema of 1.2.2: none of nothing, truth value, number, time stamp, "<<" and "=".
/// What only one of the two takes for something else (yes, 0o7, 1:30, 1e3) is none.
bool is_string(std::string_view scalar);

/// True for plain text of at least two ASCII letters, digits, "_" and "-": a key that needs no
/// quotes.
bool is_plain_word(std::string_view scalar);

}  // namespace capmin
