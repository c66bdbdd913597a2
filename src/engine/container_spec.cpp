#include "engine/container_spec.h"

#include "core/error.h"
#include "text/words.h"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace capmin {

Volume parse_volume(std::string_view argument) {
  const std::vector<std::string> parts = split(argument, ':');
  Volume volume;
  if (parts.size() == 1) {
    volume.target = parts[0];
  } else {
    volume.source = parts[0];
    volume.target = parts[1];
    if (parts.size() == 3) volume.options = parts[2];
    const bool is_path = volume.source.starts_with('/') || volume.source.starts_with('.');
    volume.kind = is_path ? Volume::Kind::kBind : Volume::Kind::kNamed;
  }
  const std::vector<std::string> options = split(volume.options, ',');
  volume.read_only = std::ranges::find(options, "ro") != options.end();
  if (parts.size() > 3 || !volume.target.starts_with('/') ||
      (parts.size() > 1 && volume.source.empty())) {
    throw Error(ExitCode::kUsage, "'" + std::string(argument) + "' is not a volume",
                "write SOURCE:/TARGET, SOURCE:/TARGET:ro or /TARGET");
  }
  if (volume.kind == Volume::Kind::kBind) {
    volume.source = std::filesystem::absolute(volume.source).lexically_normal().string();
    if (volume.source.find(':') != std::string::npos) {
      throw Error(ExitCode::kUsage, volume.source + " cannot be mounted: its path has a colon",
                  "give a path without a colon");
    }
  }
  return volume;
}

std::string to_argument(const Volume& volume) {
  std::string text = volume.source.empty() ? "" : volume.source + ':';
  text += volume.target;
  if (!volume.options.empty()) text += ':' + volume.options;
  return text;
}

}  // namespace capmin
