#pragma once

#include <string>
#include <vector>

namespace boost::program_options {
class options_description;
}

namespace capmin {

/// An option as it stands on a command line, or a word that is none.
struct GivenOption {
  std::string name;   ///< the long one, without dashes; for a word what words are called
  std::string value;  ///< empty for a flag
};

/// The options of `arguments`, in their order, as `table` has them, and between them the words that
/// are no options, called `word`; an empty `word` allows none. Names must be whole. Throws Error
/// kUsage with `hint` for everything else.
std::vector<GivenOption> given_options(const std::vector<std::string>& arguments,
                                       const boost::program_options::options_description& table,
                                       const std::string& word, const std::string& hint);

}  // namespace capmin
