#include "engine/owned_directory.h"

#include "core/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// In the order of OwnedDirectory::Purpose.
constexpr std::array<std::string_view, 2> kPrefixes{"capmin-volume-", "capmin-gate-"};
constexpr std::string_view kRandom = "-XXXXXX";

fs::path new_directory(std::string_view prefix) {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  // The name is there as soon as the directory is, unlike a file in it. A colon would end the path
  // in an option of the engine.
  std::string owner = process_identity();
  std::ranges::replace(owner, ':', '.');
  std::string name = (parent / std::string(prefix).append(owner).append(kRandom)).string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    // The library tells no path that it does not take for a directory.
    const char* const wanted = std::getenv("TMPDIR");
    throw Error(ExitCode::kOutput,
                "cannot make a temporary directory in " +
                    (parent.empty() && wanted != nullptr ? wanted : parent.string()),
                "name a directory that can be written in TMPDIR");
  }
  return name;
}

}  // namespace

OwnedDirectory::OwnedDirectory(Purpose purpose)
    : path_(new_directory(kPrefixes.at(static_cast<std::size_t>(purpose)))) {}

OwnedDirectory::~OwnedDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::optional<ProcessIdentity> owner_of_directory(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto* const prefix = std::ranges::find_if(
      kPrefixes, [&name](std::string_view start) { return name.starts_with(start); });
  if (prefix == kPrefixes.end() || name.size() < prefix->size() + kRandom.size()) {
    return std::nullopt;
  }
  std::string owner = name.substr(prefix->size(), name.size() - prefix->size() - kRandom.size());
  std::ranges::replace(owner, '.', ':');
  return parse_identity(owner);
}

}  // namespace capmin
