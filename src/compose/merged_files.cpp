#include "compose/merged_files.h"

#include "core/error.h"
#include "export/compose_sets.h"
#include "system/file.h"

#include <filesystem>

namespace capmin {

std::vector<MergedFile> merged_files(const StackSession& session, const StackFiles& files,
                                     const std::map<std::string, CapabilitySet>& sets,
                                     const std::stop_token& stop) {
  std::vector<MergeFile> old;
  for (const std::string& path : files.files) {
    old.push_back({read_file(path), path});
  }
  std::vector<ServiceSet> wanted;
  for (const auto& [service, add] : sets) {
    wanted.push_back({service, add});
  }
  const std::vector<ComposeEdit> edits = write_service_sets(old, wanted);
  // Compose reads the result from another place first, as if it were at its own.
  const OwnedDirectory home(OwnedDirectory::Purpose::kVolume);
  StackFiles tried = files;
  tried.project_directory = session.bench().directory;
  std::vector<MergedFile> merged;
  for (const ComposeEdit& edit : edits) {
    const std::string path = (home.path() / (std::to_string(edit.file) + ".yaml")).string();
    write_file(path, edit.text);
    tried.files[edit.file] = path;
    merged.push_back({old[edit.file].source, edit.text, edit.warnings});
  }
  const Stack& stack = session.stack();
  const Stack edited =
      read_stack(session.compose().config(tried, stop), stack.source, session.profiles());
  if (differs_in_sets_alone(stack, edited, sets)) return merged;
  throw Error(ExitCode::kUsage,
              "with the sets in " + files.files.front() + " " + session.compose().name() +
                  " reads something else than the sets that were proven",
              "what a service extends or merges may add to its lists: write cap_drop and cap_add "
              "into the service by hand, from its profile");
}

}  // namespace capmin
