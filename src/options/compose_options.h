#pragma once

#include "document/strict_yaml.h"
#include "options/run_options.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Which Compose file is meant, as Compose's own options have it.
struct StackFiles {
  std::vector<std::string> files;          ///< --file, one at least
  std::string project_directory = {};      ///< empty: where the first file is
  std::string env_file = {};               ///< empty: .env of the project's directory
  std::vector<std::string> profiles = {};  ///< of Compose
  friend bool operator==(const StackFiles&, const StackFiles&) = default;
};

/// What `capmin compose` was asked to do.
struct ComposeOptions {
  StackFiles files;
  std::vector<std::string> services;          ///< none: all that have a probe
  std::string probe;                          ///< of all services; empty without
  std::map<std::string, std::string> probes;  ///< by service
  bool keeps_company = false;
  bool keeps_volumes = false;
  bool builds = true;
  bool in_place = false;
  std::string directory;            ///< where the profiles go; empty: nowhere
  std::vector<std::string> search;  ///< the options of each search, as words of a command line
  RunOptions common;                ///< what they say; the rest of it says nothing
};

/// The options of `capmin compose`, bound to `options`.
OptionTable table_of(ComposeOptions& options);

/// Reads the arguments behind `capmin compose`. Throws Error kUsage, with what to write instead,
/// for everything that is not understood.
ComposeOptions parse_compose_options(const std::vector<std::string>& arguments);

/// The words of a command line that `settings`, the map of x-capmin of a service in `source`,
/// stands for: its keys are options of `capmin run` that do not say how a container runs, without
/// dashes. Throws Error kUsage, which names the service, for another key or value.
std::vector<std::string> words_of_settings(const YamlNode& settings, const std::string& service,
                                           const std::string& source);

}  // namespace capmin
