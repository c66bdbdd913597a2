#include "run/shared.h"

#include "core/container_options.h"
#include "engine/create_options.h"
#include "text/sanitize.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// Networks in which a container meets nobody whom its options name. An engine's options behind a
/// colon give a container a fixed address or name, but for these two.
bool is_network_of_its_own(std::string_view network) {
  constexpr std::array<std::string_view, 7> kDefaults{"",        "default", "bridge",     "none",
                                                      "private", "podman",  "slirp4netns"};
  return std::ranges::find(kDefaults, network) != kDefaults.end() || network == "pasta" ||
         network.starts_with("pasta:") || network.starts_with("slirp4netns:");
}

std::string shared_network(const std::string& network) {
  if (network == "host") return "the host's network";
  if (shares_network(network)) return "the network of " + network.substr(network.find(':') + 1);
  return "what answers in the network " + network;
}

/// Whether something is behind `path` that lives outside of any mount: a socket, a pipe or a
/// device, itself or in the directory. As far as can be looked through.
bool leads_outside(const fs::path& path) {
  constexpr int kMostEntries = 20'000;
  const auto is_outside = [](fs::file_type type) {
    return type == fs::file_type::socket || type == fs::file_type::fifo ||
           type == fs::file_type::character || type == fs::file_type::block;
  };
  std::error_code error;
  if (!fs::is_directory(path, error)) return is_outside(fs::status(path, error).type());
  int entries = 0;
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unreadable;
    if (is_outside(entry->symlink_status(unreadable).type())) return true;
    if (++entries >= kMostEntries) return false;
  }
  return false;
}

void add_volumes(const ContainerSpec& spec, std::vector<std::string>& things) {
  for (const Volume& volume : spec.volumes) {
    if (volume.kind == Volume::Kind::kAnonymous) continue;
    if (spec.keep_volumes && !volume.read_only) {
      things.push_back("what " + volume.source + " holds (--keep-volumes)");
    } else if (volume.kind == Volume::Kind::kBind && leads_outside(volume.source)) {
      things.push_back("who is behind " + volume.source + " (--volume)");
    }
  }
}

/// The kernel counts these for a user, in all containers together: setrlimit(2).
bool is_limit_of_user(std::string_view ulimit) {
  constexpr std::array<std::string_view, 3> kOfUser{"nproc=", "sigpending=", "msgqueue="};
  return std::ranges::any_of(kOfUser,
                             [ulimit](std::string_view name) { return ulimit.starts_with(name); });
}

/// Whether the line of /etc/hosts, NAME:ADDRESS, names somebody else.
bool names_neighbour(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view address =
      colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  return !address.starts_with("127.") && !address.starts_with("0.0.0.0") && address != "::1" &&
         address != "[::1]" && address != "::";
}

/// What an option of the engine's own shares; empty where that is nothing.
std::string shared_by_engine(std::string_view option) {
  if (concerns_one_container(option)) return {};
  return "what only the engine understands (" + std::string(option) + ")";
}

std::string shared_by(const EngineOption& option) {
  if (!option.value) return option.name == "--read-only" ? "" : shared_by_engine(option.name);
  if (option.name == "--device") return "the device " + *option.value + " (--device)";
  if (option.name == "--ulimit" && is_limit_of_user(*option.value)) {
    return "what the kernel counts for a user (--ulimit " + *option.value + ")";
  }
  if (option.name == "--add-host" && names_neighbour(*option.value)) {
    return "the neighbour " + option.value->substr(0, option.value->find(':')) + " (--add-host)";
  }
  return {};
}

}  // namespace

std::vector<std::string> shared_things(const RunOptions& options) {
  const ContainerSpec& spec = options.spec;
  std::vector<std::string> things;
  if (!is_network_of_its_own(spec.network)) {
    things.push_back(shared_network(spec.network) + " (--network)");
  }
  add_volumes(spec, things);
  for (const EngineOption& option : spec.options) {
    if (std::string thing = shared_by(option); !thing.empty()) things.push_back(std::move(thing));
  }
  if (!options.reset_as_written.empty()) {
    things.push_back("what " + options.reset_as_written + " puts back (--reset)");
  }
  for (std::string& thing : things) {
    thing = sanitize(thing);
  }
  return things;
}

std::string one_at_a_time(const std::vector<std::string>& things) {
  std::string text;
  for (const std::string& thing : things) {
    text += (text.empty() ? "" : ", ") + thing;
  }
  return "one trial at a time: trials share " + text;
}

}  // namespace capmin
