#include "run/variables.h"

#include "core/error.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <unistd.h>

namespace capmin {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && (text.front() < '0' || text.front() > '9') &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
             std::string_view::npos;
}

/// The lines of a file of variables that are no comment, as the engines' clients read them: blanks
/// before a line and a carriage return behind it do not belong to it.
std::vector<std::string> lines_of(const std::string& file) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const std::string text = read_file(file);
  std::istringstream stream(text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size())
                                                             : text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) line.pop_back();
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty() && !line.starts_with('#')) lines.push_back(std::move(line));
  }
  return lines;
}

/// Takes "NAME=VALUE", or the value of NAME from the environment. What is neither may be a part of
/// a value and is not told.
void take(const std::string& text, const std::string& source, Variables& variables) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty()) {
    throw Error(ExitCode::kUsage, source + " takes NAME=VALUE, and a name is missing");
  }
  if (equals != std::string::npos) {
    variables.emplace(name, text.substr(equals + 1));
  } else if (const char* const value = std::getenv(name.c_str())) {
    variables.emplace(name, value);
  } else if (is_name(name)) {
    throw Error(ExitCode::kUsage, source + " names " + name + ", which is not set",
                "write " + name + "=VALUE");
  } else {
    throw Error(ExitCode::kUsage, source + " takes NAME=VALUE, and something else stands there",
                "a value of several lines cannot stand in a file: give its name alone, and set it "
                "in the environment");
  }
}

/// The values of the environment's variables that begin with `start`.
void add_matching(std::string_view start, std::vector<std::string>& values) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with(start)) values.emplace_back(text.substr(text.find('=') + 1));
  }
}

/// Adds the value of "NAME=VALUE", or that of NAME in our environment, which the client has, too.
void add_value(const std::string& variable, std::vector<std::string>& values) {
  const std::size_t equals = variable.find('=');
  if (equals != std::string::npos) {
    values.push_back(variable.substr(equals + 1));
  } else if (const char* const value = std::getenv(variable.c_str())) {
    values.emplace_back(value);
  } else if (variable.ends_with('*')) {
    add_matching(std::string_view(variable).substr(0, variable.size() - 1), values);
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
    for (const std::string& line : lines_of(file)) {
      take(line, file, variables);
    }
  }
  return variables;
}

std::vector<std::string> names_in(const std::string& file) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(file)) {
    names.push_back(line.substr(0, line.find('=')));
  }
  return names;
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

std::vector<std::string> values_given_to(const ContainerSpec& spec) {
  std::vector<std::string> values;
  for (const EngineOption& option : spec.options) {
    if (option.name == "--env") add_value(*option.value, values);
    if (option.name != "--env-file") continue;
    bool is_variable = true;
    for (const std::string& line : lines_of(*option.value)) {
      add_value(line, values);
      const std::size_t name = std::min(line.find_first_of("=*"), line.size());
      // After a line that is none, also what could be one may be the rest of a value.
      const bool has_value = line.find_first_not_of('=', name) != std::string::npos;
      is_variable = is_name(line.substr(0, name)) && (is_variable || has_value);
      if (!is_variable) values.push_back(line);
    }
  }
  return values;
}

}  // namespace capmin
