#include "run/variables.h"

#include "core/error.h"
#include "diagnosis/sanitize.h"
#include "system/file.h"

#include <cstdlib>
#include <sstream>

namespace capmin {
namespace {

/// Takes "NAME=VALUE", or the value of NAME from the environment.
void take(const std::string& text, const std::string& source, Variables& variables) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty()) {
    throw Error(ExitCode::kUsage, source + " takes NAME=VALUE, not " + sanitize(text));
  }
  if (equals != std::string::npos) {
    variables.emplace(name, text.substr(equals + 1));
  } else if (const char* const value = std::getenv(name.c_str())) {
    variables.emplace(name, value);
  } else {
    throw Error(ExitCode::kUsage, source + " names " + sanitize(name) + ", which is not set",
                "write " + sanitize(name) + "=VALUE");
  }
}

}  // namespace

Variables given_variables(const std::vector<std::string>& assignments,
                          const std::vector<std::string>& files) {
  Variables variables;
  for (const std::string& assignment : assignments) {
    take(assignment, "-e", variables);
  }
  for (const std::string& file : files) {
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      line.erase(0, line.find_first_not_of(" \t"));
      if (!line.empty() && !line.starts_with('#')) take(line, file, variables);
    }
  }
  return variables;
}

void fill_in(const Variables& variables, ContainerSpec& spec) {
  std::string missing;
  std::string hint;
  for (EngineOption& option : spec.options) {
    if (option.name != "--env" || option.value->find('=') != std::string::npos) continue;
    const std::string name = *option.value;
    const auto found = variables.find(name);
    if (found != variables.end()) {
      option.value = name + '=' + found->second;
    } else if (std::getenv(name.c_str()) == nullptr) {
      missing += (missing.empty() ? "" : ", ") + sanitize(name);
      hint += (hint.empty() ? "" : " ") + ("-e " + sanitize(name)) + "=VALUE";
    }
  }
  if (missing.empty()) return;
  throw Error(ExitCode::kUsage, "the profile names variables without their values: " + missing,
              "give " + hint + ", or --env-file FILE, or set them in the environment");
}

}  // namespace capmin
