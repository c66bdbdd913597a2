#include "export/compose_sets.h"

#include "document/yaml_stream.h"
#include "export/writers.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace capmin {
namespace {

using Kind = YamlTree::Kind;
using Names = std::set<std::string>;

constexpr std::array<std::string_view, 2> kListKeys{"cap_drop", "cap_add"};

bool is_override_or_reset(const YamlTree* value) {
  return value != nullptr && (value->tag == kComposeOverride || value->tag == kComposeReset);
}

/// The values of a document as its aliases and merge keys mean them. The document must outlive it.
class Meaning {
 public:
  explicit Meaning(const YamlTree& document) { collect_anchors(document); }

  /// What `tree` stands for: of an alias, the value behind its anchor.
  const YamlTree& of(const YamlTree& tree) const {
    return tree.kind == Kind::kAlias ? *anchors_.at(tree.anchor) : tree;
  }

  /// `map` and the maps that come into it through merge keys, the first one that has a key first.
  std::vector<const YamlTree*> parts(const YamlTree& map) const {
    std::vector<const YamlTree*> found;
    collect_parts(map, found);
    return found;
  }

  const YamlTree* find(const YamlTree& map, std::string_view key) const {
    for (const YamlTree* const part : parts(map)) {
      if (const YamlTree* const value = part->find(key)) return &of(*value);
    }
    return nullptr;
  }

 private:
  void collect_anchors(const YamlTree& tree) {
    if (tree.kind != Kind::kAlias && tree.anchor != 0) anchors_[tree.anchor] = &tree;
    std::ranges::for_each(tree.items, [this](const YamlTree& item) { collect_anchors(item); });
  }

  void collect_parts(const YamlTree& value, std::vector<const YamlTree*>& found) const {
    const YamlTree& tree = of(value);
    // A map that comes once more adds nothing, and may hold itself.
    if (std::ranges::find(found, &tree) != found.end()) return;
    if (tree.kind == Kind::kList) {
      for (const YamlTree& item : tree.items) {
        if (of(item).kind == Kind::kMap) collect_parts(item, found);
      }
    }
    if (tree.kind != Kind::kMap) return;
    found.push_back(&tree);
    for (std::size_t i = 0; i < tree.entries(); ++i) {
      if (tree.key(i).text == "<<") collect_parts(tree.value(i), found);
    }
  }

  std::map<std::size_t, const YamlTree*> anchors_;
};

/// What no list of capabilities holds, so that a value with it agrees with none.
constexpr const char* kNoName = "";

/// The capabilities that the value of cap_drop or cap_add names, each in one spelling.
Names names_in(const Meaning& meaning, const YamlTree& list) {
  if (list.kind != Kind::kList) return {kNoName};
  Names names;
  for (const YamlTree& item : list.items) {
    const YamlTree& name = meaning.of(item);
    const auto capability = capability_named(name.text);
    if (name.kind != Kind::kScalar || !is_plain_tag(name.tag)) {
      names.insert(kNoName);
    } else if (capability) {
      names.emplace(name_of(*capability));
    } else {
      names.insert(name.text == "all" ? "ALL" : name.text);
    }
  }
  return names;
}

/// True where a merge key brings `key` into `service`, or may: a service that is merged into
/// another one may get its lists later.
bool comes_by_merge(const YamlEditor& editor, const YamlPath& service, std::string_view key,
                    const Meaning& meaning) {
  const YamlTree& services = editor.at({service.begin(), service.end() - 1});
  const std::vector<const YamlTree*> parts = meaning.parts(editor.at(service));
  return std::any_of(parts.begin() + 1, parts.end(), [&](const YamlTree* part) {
    if (part->find(key) != nullptr) return true;
    for (std::size_t i = 0; i < services.entries(); ++i) {
      if (&services.value(i) == part) return true;
    }
    return false;
  });
}

void set_list(YamlEditor& editor, const YamlPath& path, const std::string& key,
              std::string_view other, const std::vector<std::string>& names,
              const std::string& comment) {
  const YamlTree& service = editor.at(path);
  const Meaning meaning(editor.documents()[path.front()]);
  const YamlPath place = editor.find(path, key);
  const YamlTree* const old = place.empty() ? nullptr : &editor.at(place);
  if (old != nullptr && old->tag == kComposeReset) {
    // What is taken away is empty already.
    if (names.empty()) return;
    editor.fail(*old, "!reset takes " + key + " away, whatever stands behind it",
                "write !override in its place: it is kept, and the set comes behind it");
  }
  const bool is_plain = old != nullptr && is_plain_tag(old->tag);
  if ((is_plain || is_override_or_reset(old)) &&
      names_in(meaning, meaning.of(*old)) == Names(names.begin(), names.end())) {
    return;
  }
  if (names.empty() && service.kind == Kind::kMap && !comes_by_merge(editor, path, key, meaning)) {
    if (old == nullptr) return;
    if (is_plain) return editor.remove(path, key);
  }
  const bool is_beside = service.find(other) != nullptr;
  editor.set(path, key, {key + ": " + yaml_names(names)}, is_beside ? other : "image", comment);
}

/// The only document of a Compose file.
const YamlTree& document_of(const YamlEditor& editor) {
  const std::vector<YamlTree>& documents = editor.documents();
  if (documents.size() == 1) return documents.front();
  editor.fail(documents.empty() ? YamlTree{} : documents[1],
              "has " + std::to_string(documents.size()) + " documents");
}

/// A Compose file that is edited, and what it says before.
class ComposeFile {
 public:
  explicit ComposeFile(const MergeFile& file)
      : editor_(file.text, file.source, {kComposeOverride}, SharedValues::kChanged),
        source_(file.source),
        meaning_(document_of(editor_)) {}
  ComposeFile(const ComposeFile&) = delete;
  ComposeFile& operator=(const ComposeFile&) = delete;
  ~ComposeFile() = default;

  YamlEditor& editor() { return editor_; }
  const YamlEditor& editor() const { return editor_; }
  const Meaning& meaning() const { return meaning_; }
  const YamlTree& document() const { return editor_.documents().front(); }

  /// The value of the key "services"; null where there is none.
  const YamlTree* services() const { return meaning_.find(document(), "services"); }
  /// The service `name`; null where there is none.
  const YamlTree* service(std::string_view name) const {
    return services() == nullptr ? nullptr : meaning_.find(*services(), name);
  }
  /// What the service `name` says of `key`, or what comes into it by a merge key.
  const YamlTree* value(std::string_view name, std::string_view key) const {
    return service(name) == nullptr ? nullptr : meaning_.find(*service(name), key);
  }
  /// True where nothing counts that earlier files say of the service `name`.
  bool starts_anew(std::string_view name) const {
    return is_override_or_reset(services()) || is_override_or_reset(service(name));
  }
  /// "SOURCE:LINE".
  std::string line_of(const YamlTree& tree) const {
    return source_ + ':' + std::to_string(editor_.position(tree).line);
  }

 private:
  YamlEditor editor_;
  std::string source_;
  Meaning meaning_;
};

/// The files of -f, which do not move: their meanings point into them.
using Project = std::deque<ComposeFile>;

/// The files that count for the service `name`, by their numbers.
std::vector<std::size_t> files_of(const Project& project, std::string_view name) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < project.size(); ++i) {
    const YamlTree* const service = project[i].service(name);
    if (project[i].starts_anew(name)) found.clear();
    const bool says_nothing = service == nullptr || service->kind == Kind::kNull;
    if (!says_nothing && service->tag != kComposeReset) found.push_back(i);
  }
  return found;
}

/// The name behind "extends" in the service `name` of `file` where that is not one of another file.
std::string extended(const ComposeFile& file, std::string_view name) {
  const YamlTree* const extends = file.value(name, "extends");
  if (extends == nullptr) return {};
  if (extends->kind != Kind::kMap) return extends->text;
  const YamlTree* const service = file.meaning().find(*extends, "service");
  return service == nullptr || extends->find("file") != nullptr ? std::string() : service->text;
}

/// What `file` says of the list `key` of the service `name`, with what that extends.
Names names_of(const Project& project, const ComposeFile& file, const std::string& name,
               std::string_view key, int most_extended = 100) {
  Names names;
  const YamlTree* const list = file.value(name, key);
  const std::string base = extended(file, name);
  if (!base.empty() && !is_override_or_reset(list) && most_extended > 0) {
    names = names_of(project, file, base, key, most_extended - 1);
    // docker-compose 1.29 looks for it in the first file only.
    if (&file != &project.front()) {
      names.merge(names_of(project, project.front(), base, key, most_extended - 1));
    }
  }
  if (list != nullptr && list->tag != kComposeReset) {
    names.merge(names_in(file.meaning(), *list));
  }
  return names;
}

/// cap_drop and cap_add of a service, in one spelling.
using Lists = std::map<std::string_view, Names>;

/// The lists of the service `name` as Compose reads them from all files.
Lists lists_of(const Project& project, const std::string& name) {
  Lists lists;
  for (const std::string_view key : kListKeys) {
    Names& names = lists[key];
    for (const std::size_t i : files_of(project, name)) {
      if (is_override_or_reset(project[i].value(name, key))) names.clear();
      names.merge(names_of(project, project[i], name, key));
    }
  }
  return lists;
}

CapabilityChange change_for(const ServiceSet& set) {
  return {true, {}, set.add};
}

Lists lists_for(const ServiceSet& set) {
  const std::vector<std::string> added = change_for(set).added();
  return {{kListKeys[0], {"ALL"}}, {kListKeys[1], {added.begin(), added.end()}}};
}

/// True where what the file `number` of `numbers` says of `name` may stay beside `lists` in a later
/// one.
bool agrees(const Project& project, const std::vector<std::size_t>& numbers, std::size_t number,
            const std::string& name, const Lists& lists) {
  return std::ranges::all_of(kListKeys, [&](std::string_view key) {
    const YamlTree* const list = project[number].value(name, key);
    const bool is_overridden = std::ranges::any_of(numbers, [&](std::size_t later) {
      return later > number && is_override_or_reset(project[later].value(name, key));
    });
    return list == nullptr || is_overridden || list->tag == kComposeReset ||
           std::ranges::includes(lists.at(key), names_in(project[number].meaning(), *list));
  });
}

/// Writes `set` into `project`, and what Compose has to confirm into `notes`, by file.
void write_set(Project& project, const ServiceSet& set,
               std::vector<std::vector<std::string>>& notes) {
  std::vector<std::size_t> numbers = files_of(project, set.service);
  if (numbers.empty()) {
    // The file that has an empty service says why, or else the first one.
    const auto named = std::ranges::find_if(
        project, [&](const ComposeFile& file) { return file.service(set.service) != nullptr; });
    numbers.push_back(named == project.end() ? 0
                                             : static_cast<std::size_t>(named - project.begin()));
  }
  std::size_t target = numbers.front();
  for (const std::size_t i : numbers) {
    const auto has = [&](std::string_view key) {
      const YamlTree* const service = project[i].service(set.service);
      return service != nullptr && service->find(key) != nullptr;
    };
    if (std::ranges::any_of(kListKeys, has)) target = i;
  }
  for (const std::size_t i : numbers) {
    if (i != target && agrees(project, numbers, i, set.service, lists_for(set))) continue;
    YamlEditor& editor = project[i].editor();
    set_capability_lists(editor, compose_service(editor, set.service), change_for(set), {});
  }
  for (const std::size_t i : numbers) {
    const YamlTree* const extends = project[i].value(set.service, "extends");
    if (extends == nullptr || extends->find("file") == nullptr) continue;
    notes[target].push_back("the service " + shown(set.service) + " extends one of another file (" +
                            project[i].line_of(*extends) +
                            "): what that adds and drops counts as well");
  }
}

std::set<std::string> service_names(const Project& project) {
  std::set<std::string> names;
  for (const ComposeFile& file : project) {
    if (file.services() == nullptr) continue;
    for (const YamlTree* const part : file.meaning().parts(*file.services())) {
      for (std::size_t i = 0; i < part->entries(); ++i) {
        names.insert(part->key(i).text);
      }
    }
  }
  names.erase("<<");
  return names;
}

/// Refuses `why` where the service `name` takes in what others say.
[[noreturn]] void refuse(const Project& project, const std::string& name, const std::string& why,
                         const std::string& hint) {
  const std::vector<std::size_t> numbers = files_of(project, name);
  for (const std::string_view key : {"extends", "<<"}) {
    for (const std::size_t i : numbers) {
      const YamlTree* const value = project[i].service(name)->find(key);
      if (value != nullptr) project[i].editor().fail(*value, why, hint);
    }
  }
  const ComposeFile& file = project[numbers.back()];
  file.editor().fail(*file.service(name), why, hint);
}

std::string words(const Names& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + shown(name);
  }
  return '[' + text + ']';
}

/// Refuses what Compose would read otherwise than it is meant: by extends and merge keys, a list of
/// one service counts for another one.
void check(const Project& before, const Project& after, const std::vector<ServiceSet>& sets) {
  for (const std::string& name : service_names(before)) {
    const auto set = std::ranges::find(sets, name, &ServiceSet::service);
    const Lists lists = lists_of(after, name);
    if (lists == (set == sets.end() ? lists_of(before, name) : lists_for(*set))) continue;
    if (set == sets.end()) {
      refuse(
          before, name,
          "the service " + shown(name) + " would change with another one, whose lists come into it",
          "give it cap_drop and cap_add of its own, or its own set");
    }
    refuse(before, name,
           "the service " + shown(name) + " would have cap_drop " + words(lists.at("cap_drop")) +
               " and cap_add " + words(lists.at("cap_add")) +
               " with what comes into it from elsewhere",
           "edit what it extends by hand, or extend nothing that has cap_drop or cap_add");
  }
}

}  // namespace

std::vector<ComposeEdit> write_service_sets(const std::vector<MergeFile>& files,
                                            const std::vector<ServiceSet>& sets) {
  assert(!files.empty());
  Project before;
  for (const MergeFile& file : files) {
    before.emplace_back(file);
  }
  std::vector<std::vector<std::string>> notes(files.size());
  for (const ServiceSet& set : sets) {
    if (lists_of(before, set.service) != lists_for(set)) write_set(before, set, notes);
  }
  Project after;
  std::vector<ComposeEdit> edits;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const YamlEditor& editor = before[i].editor();
    std::string text = editor.result();
    after.emplace_back(MergeFile{text, files[i].source});
    if (text == files[i].text) continue;
    edits.push_back({i, std::move(text), editor.losses(), std::move(notes[i])});
  }
  check(before, after, sets);
  return edits;
}

YamlPath compose_services(const YamlEditor& editor) {
  const YamlTree& document = document_of(editor);
  YamlPath path = editor.find({0}, "services");
  if (path.empty()) editor.fail(document, "there is no key \"services\"");
  const YamlTree& services = editor.at(path);
  if (services.kind != Kind::kMap || services.entries() == 0) {
    editor.fail(services, "there is no service");
  }
  return path;
}

std::string compose_service_names(const YamlTree& services) {
  std::string names;
  for (std::size_t i = 0; i < services.entries(); ++i) {
    names += (names.empty() ? "" : ", ") + shown(services.key(i).text);
  }
  return names;
}

YamlPath compose_service(const YamlEditor& editor, const std::string& name) {
  const YamlPath services = compose_services(editor);
  YamlPath path = editor.find(services, name);
  if (path.empty()) {
    editor.fail(editor.at(services), "there is no service " + name,
                "the services are " + compose_service_names(editor.at(services)));
  }
  return path;
}

void set_capability_lists(YamlEditor& editor, const YamlPath& path, const CapabilityChange& change,
                          const std::string& comment) {
  const std::vector<std::string> added = change.added();
  set_list(editor, path, "cap_drop", "cap_add", change.dropped(),
           added.empty() ? comment : std::string());
  set_list(editor, path, "cap_add", "cap_drop", added, comment);
}

}  // namespace capmin
