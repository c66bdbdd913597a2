#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// True for a text that means itself in every value of a systemd unit and of a Quadlet file.
bool is_plain_in_unit(std::string_view text);

/// A word of a command line in a unit (systemd.service(5), "Command lines"), in quotes where it
/// needs them; "%" and "$" mean themselves. Nothing for what cannot stand there: an empty text is
/// "", but control characters, what is not ASCII, a lone ";" and two number signs in a row are
/// refused.
std::optional<std::string> unit_word(std::string_view text);

}  // namespace capmin
