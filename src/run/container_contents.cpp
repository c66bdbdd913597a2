#include "run/container_contents.h"

#include "system/file.h"

#include <cstdlib>
#include <optional>

namespace capmin {
namespace {

/// Nothing can be moved from one part to the next without changing the whole.
void append(const std::string& part, std::string& text) {
  text.append(std::to_string(part.size())).append(" ").append(part);
}

}  // namespace

std::string hash_of_variables(const ContainerSpec& spec, const std::vector<PinnedFile>& files) {
  std::string text;
  for (const PinnedFile& file : files) {
    append(file.sha256, text);
  }
  for (const EngineOption& option : spec.options) {
    if (option.name != "--env" || option.value->find('=') != std::string::npos) continue;
    const char* const ours = std::getenv(option.value->c_str());
    append(ours == nullptr ? "unset" : '=' + std::string(ours), text);
  }
  return sha256(text);
}

std::string hash_of_mounts(const ContainerSpec& spec) {
  std::string text;
  for (const Volume& volume : spec.volumes) {
    if (volume.kind != Volume::Kind::kBind) continue;
    const std::optional<std::string> content = tree_hash(volume.source);
    if (!content) return kUnknownContents;
    append(*content, text);
  }
  return sha256(text);
}

}  // namespace capmin
