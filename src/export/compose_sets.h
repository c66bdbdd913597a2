#pragma once

#include "core/capability.h"
#include "document/yaml_edit.h"
#include "export/export.h"
#include "export/export_content.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What a service of a Compose project is to hold: cap_drop says ALL and cap_add this set.
struct ServiceSet {
  std::string service;
  CapabilitySet add;
};

/// A Compose file that was changed.
struct ComposeEdit {
  std::size_t file = 0;               ///< its place among the files
  std::string text;                   ///< all of it, as it is to be
  std::vector<std::string> warnings;  ///< comments that went with old lists, with their lines
  std::vector<std::string> notes;     ///< what only Compose itself can tell of the result
};

/// The files of `files` that change so that Compose reads exactly `sets`, each service once, and
/// for every other service what it read before. `files` are those of one project in the order of
/// -f, at least one; Compose joins their lists. A set goes into the last file that has lists of its
/// service, or else into the first one that has the service; lists of earlier files stay where the
/// set holds what they name, and become the set otherwise. Every byte outside the entries cap_drop
/// and cap_add stays as it is, and an entry that says the same, too. Throws Error kUsage with the
/// line where that is impossible. What a service extends in another file is not read: a note names
/// it.
std::vector<ComposeEdit> write_service_sets(const std::vector<MergeFile>& files,
                                            const std::vector<ServiceSet>& sets);

/// Compose's own tags (Compose file reference, "Merge"; Docker Compose 2.24): under the one a value
/// takes the place of what an earlier -f file says, under the other the entry goes away whatever
/// stands there.
inline constexpr std::string_view kComposeOverride = "!override";
inline constexpr std::string_view kComposeReset = "!reset";

/// The path of the services of a Compose file, a map with entries in the file's only document.
/// Error kUsage with the line where there is none.
YamlPath compose_services(const YamlEditor& editor);

/// The names of `services`, a map, in a row for people.
std::string compose_service_names(const YamlTree& services);

/// The path of the service `name`; Error kUsage with the line where there is none.
YamlPath compose_service(const YamlEditor& editor, const std::string& name);

/// Lets cap_drop and cap_add of the service at `path` say `change`. A new list comes beside the
/// other one where that is there, else behind the image; `comment` as YamlEditor::set, behind the
/// last list. An empty list is written only where another one would count without it.
void set_capability_lists(YamlEditor& editor, const YamlPath& path, const CapabilityChange& change,
                          const std::string& comment);

}  // namespace capmin
