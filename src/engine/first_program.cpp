#include "engine/first_program.h"

#include <boost/json.hpp>

#include <algorithm>

namespace capmin {
namespace {

using Words = std::vector<std::string>;

/// The last --entrypoint, which counts.
const std::string* given_entrypoint(const ContainerSpec& spec) {
  const std::string* value = nullptr;
  for (const EngineOption& option : spec.options) {
    if (option.name == "--entrypoint" && option.value) value = &*option.value;
  }
  return value;
}

Words words_of(const std::string& entrypoint, Dialect dialect) {
  if (dialect == Dialect::kPodman) {
    boost::system::error_code no_json;
    const boost::json::value value = boost::json::parse(entrypoint, no_json);
    const boost::json::array* const list = no_json ? nullptr : value.if_array();
    if (list != nullptr && std::ranges::all_of(*list, &boost::json::value::is_string)) {
      Words words;
      for (const boost::json::value& word : *list) {
        words.emplace_back(word.get_string());
      }
      return words;
    }
  }
  return {entrypoint};
}

}  // namespace

Words first_program(const ContainerSpec& spec, const ImageFacts& image, Dialect dialect) {
  Words program = image.entrypoint;
  bool keeps_command = true;
  if (const std::string* const given = given_entrypoint(spec)) {
    program = words_of(*given, dialect);
    keeps_command = program.empty();
    if (program == Words{""}) program.clear();
  }
  const Words& command = spec.command.empty() && keeps_command ? image.command : spec.command;
  program.insert(program.end(), command.begin(), command.end());
  return program;
}

}  // namespace capmin
