#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// `line` with secrets replaced by "[masked]": each value of `known` that has at least 4 bytes
/// (what the user gave with --env), and what has a common shape of a secret: `password=...` and
/// its like, `Authorization:` headers, passwords in URLs, AWS and GitHub keys, JSON web tokens and
/// private keys in PEM form, also a line that is nothing but base64 of 60 bytes or more (the body
/// of such a key). Linear in the size of `line` times the number of values.
std::string mask_secrets(std::string_view line, const std::vector<std::string>& known);

/// `text`, any number of lines, with each value of `known` that has at least 4 bytes replaced by
/// "[masked]".
std::string mask_given(std::string_view text, const std::vector<std::string>& known);

}  // namespace capmin
