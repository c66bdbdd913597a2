#pragma once

#include "engine/container_spec.h"
#include "options/option_table.h"

#include <string>
#include <vector>

namespace capmin {

// What people write for `capmin run` because `docker run` takes it.

/// The arguments in front of "--" with words that mean something else to a parser spelled as it
/// takes them: -v is told apart, which is the engines' letter for a volume and everybody's for
/// verbose; "--restart POLICY" becomes one word; "=true" and "=false" of the engines' flags go.
std::vector<std::string> with_docker_words_spelled(const std::vector<std::string>& arguments);

/// Rows for the options of the engines' create and run commands that `capmin run` has not itself,
/// see CreateOption. What is passed on goes to `spec`, as --engine-arg would take it; what changes
/// nothing goes to `without_effect`, by its long name and with its value.
OptionRows docker_rows(ContainerSpec& spec, std::vector<std::string>& without_effect);

/// What help says of them, in lines.
std::string docker_rows_text();

/// Throws Error kUsage, with the whole command to write instead, where `arguments`, all those
/// behind `capmin run`, name capabilities as docker does, or have a command that does not stand
/// behind "--". `table` is that of `capmin run`.
void check_docker_words(const OptionTable& table, const std::vector<std::string>& arguments);

}  // namespace capmin
