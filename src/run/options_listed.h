#pragma once

#include <string>
#include <vector>

namespace boost::program_options {
class options_description;
}

namespace capmin {

/// An option as the tables have it that command lines are parsed by.
struct ListedOption {
  std::string name;   ///< the long one, without dashes
  char letter = 0;    ///< the short one; 0 without
  std::string value;  ///< what its value is called, such as "FILE" or "text|json"; empty for a flag
  std::string text;   ///< what help says of it
};

/// The options of a table, in its order.
std::vector<ListedOption> listed(const boost::program_options::options_description& table);

}  // namespace capmin
