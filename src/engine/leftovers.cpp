#include "engine/leftovers.h"

#include "engine/owned_directory.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace capmin {
namespace {

constexpr std::string_view kHexadecimal = "0123456789abcdef";

bool is_run(std::string_view text) {
  constexpr std::size_t kDigits = 8;
  return text.size() == kDigits && text.find_first_not_of(kHexadecimal) == std::string_view::npos;
}

/// A container's name without what Compose puts before it while it replaces the container: twelve
/// digits of an id. A Compose that is killed then leaves it so.
std::string_view without_replacement_mark(std::string_view name) {
  constexpr std::size_t kDigits = 12;
  return name.find_first_not_of(kHexadecimal) == kDigits && name[kDigits] == '_'
             ? name.substr(kDigits + 1)
             : name;
}

/// A name that capmin gives to what it makes in the run, or that Compose makes of the name that a
/// project has from capmin: by adding the names of services, networks and volumes.
bool is_named_after(std::string_view name, const std::string& run) {
  name = without_replacement_mark(name);
  const std::string prefix = "capmin-" + run + '-';
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return name.size() > prefix.size() && name.starts_with(prefix) &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> run_labels(const std::string& run,
                                                            const std::string& owner) {
  return {{kRunLabel, run}, {kOwnerLabel, owner}};
}

std::optional<std::string> owner_of(const LabelledObject& object, const Labels& image_labels) {
  const auto run = object.labels.find(kRunLabel);
  const auto owner = object.labels.find(kOwnerLabel);
  if (run == object.labels.end() || owner == object.labels.end()) return std::nullopt;
  if (!is_run(run->second) || !is_named_after(object.name, run->second)) return std::nullopt;
  const auto inherited = image_labels.find(kOwnerLabel);
  if (inherited != image_labels.end() && inherited->second == owner->second) return std::nullopt;
  return owner->second;
}

namespace {

namespace fs = std::filesystem;
using Kind = Leftover::Kind;

/// Adds `object` where it is a capmin's.
void add(Kind kind, const LabelledObject& object, const Labels& image_labels,
         std::vector<Leftover>& leftovers) {
  const std::optional<std::string> owner = owner_of(object, image_labels);
  const std::optional<ProcessIdentity> identity =
      owner ? parse_identity(*owner) : std::optional<ProcessIdentity>();
  if (!identity) return;
  leftovers.push_back({.kind = kind, .id = object.id, .name = object.name, .owner = *identity});
}

bool is_own_directory(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid();
}

}  // namespace

std::vector<Leftover> find_on_engine(Engine& engine, const std::optional<ProcessIdentity>& owner) {
  const std::string label =
      owner ? std::string(kOwnerLabel) + '=' + to_string(*owner) : kOwnerLabel;
  std::vector<Leftover> leftovers;
  std::map<std::string, Labels> labels_of_images;
  for (const std::string& id : engine.containers_with(label)) {
    const std::optional<LabelledObject> container = engine.find_labelled_container(id);
    if (!container) continue;
    const auto [entry, is_new] = labels_of_images.try_emplace(container->image);
    if (is_new) {
      // An image that was removed by force cannot be asked any more: then the name decides.
      const std::optional<ImageFacts> image = engine.find_image(container->image);
      if (image) entry->second = image->labels;
    }
    add(Kind::kContainer, *container, entry->second, leftovers);
  }
  for (const std::string& id : engine.networks_with(label)) {
    const std::optional<LabelledObject> network = engine.find_labelled_network(id);
    if (network) add(Kind::kNetwork, *network, {}, leftovers);
  }
  for (const std::string& name : engine.volumes_with(label)) {
    const std::optional<LabelledObject> volume = engine.find_labelled_volume(name);
    if (volume) add(Kind::kVolume, *volume, {}, leftovers);
  }
  return leftovers;
}

std::vector<Leftover> find_directories(const std::optional<ProcessIdentity>& owner) {
  std::vector<Leftover> leftovers;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::temp_directory_path(error), error)) {
    const auto made_by = owner_of_directory(entry.path());
    if (!made_by || (owner && *made_by != *owner) || !is_own_directory(entry.path())) continue;
    const std::string path = entry.path().string();
    leftovers.push_back({.kind = Kind::kDirectory, .id = path, .name = path, .owner = *made_by});
  }
  return leftovers;
}

bool remove(const Leftover& leftover, Engine& engine) noexcept {
  switch (leftover.kind) {
    case Kind::kContainer:
      return engine.remove(leftover.id);
    case Kind::kNetwork:
      return engine.remove_network(leftover.id);
    case Kind::kVolume:
      return engine.remove_volume(leftover.id);
    case Kind::kDirectory:
      break;
  }
  std::error_code error;
  fs::remove_all(leftover.id, error);
  return !error;
}

}  // namespace capmin
