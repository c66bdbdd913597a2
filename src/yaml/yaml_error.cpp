#include "yaml/yaml_error.h"

#include "core/error.h"

#include <utility>

namespace capmin {

void throw_yaml_error(std::string_view source, YamlPosition at, const std::string& what,
                      std::string hint) {
  throw Error(ExitCode::kUsage,
              std::string(source) + ":" + std::to_string(at.line) + ":" +
                  std::to_string(at.column) + ": " + what,
              std::move(hint));
}

}  // namespace capmin
