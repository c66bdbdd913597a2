#include "engine/mount.h"

#include "core/error.h"
#include "text/words.h"

#include <vector>

namespace capmin {
namespace {

/// The keys of a --mount argument, gathered.
struct MountParts {
  std::string type = "volume";
  std::string source;
  std::string target;
  std::vector<std::string> options;
};

[[noreturn]] void refuse_mount(std::string_view argument, const std::string& why) {
  throw Error(ExitCode::kUsage, "--mount " + std::string(argument) + " cannot be taken: " + why,
              "write it as --volume SOURCE:TARGET[:ro] or as --tmpfs TARGET[:size=BYTES]");
}

MountParts mount_parts(std::string_view argument) {
  MountParts parts;
  for (const std::string& field : split(argument, ',')) {
    const auto [key, value] = split_at(field, '=');
    if (key == "type") {
      parts.type = value;
    } else if (key == "source" || key == "src") {
      parts.source = value;
    } else if (key == "target" || key == "destination" || key == "dst") {
      parts.target = value;
    } else if (key == "readonly" || key == "ro") {
      if (value.empty() || value == "true" || value == "1") parts.options.emplace_back("ro");
    } else if (key == "volume-nocopy") {
      if (value.empty() || value == "true" || value == "1") parts.options.emplace_back("nocopy");
    } else if (key == "bind-propagation") {
      parts.options.push_back(value);
    } else if (key == "tmpfs-size" || key == "tmpfs-mode") {
      parts.options.push_back(key.substr(6) + '=' + value);
    } else if (key != "consistency") {
      refuse_mount(argument, "capmin does not know its key '" + key + "'");
    }
  }
  return parts;
}

}  // namespace

Mount parse_mount(std::string_view argument) {
  MountParts parts = mount_parts(argument);
  if (!parts.target.starts_with('/')) refuse_mount(argument, "it names no absolute target");
  const std::string options = joined(parts.options, ",");
  const std::string behind = parts.target + (options.empty() ? "" : ':' + options);
  if (parts.type == "tmpfs") return {.volume = {}, .tmpfs = behind};
  if (parts.type == "bind") {
    if (parts.source.empty()) refuse_mount(argument, "it names no source");
    if (!parts.source.starts_with('/')) parts.source.insert(0, "./");
  } else if (parts.type != "volume") {
    refuse_mount(argument, "capmin does not know its type '" + parts.type + "'");
  } else if (parts.source.starts_with('/') || parts.source.starts_with('.')) {
    refuse_mount(argument, "a volume's name is no path; type=bind mounts a directory of the host");
  }
  if (parts.source.empty()) {
    if (!options.empty()) refuse_mount(argument, "a volume without a name takes no options");
    return {.volume = parts.target, .tmpfs = {}};
  }
  return {.volume = parts.source + ':' + behind, .tmpfs = {}};
}

}  // namespace capmin
