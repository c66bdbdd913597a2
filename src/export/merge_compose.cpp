#include "core/error.h"
#include "export/merge.h"
#include "export/writers.h"
#include "profile/pod_security.h"
#include "text/quote.h"
#include "yaml/yaml_edit.h"

namespace capmin {
namespace {

using Kind = YamlTree::Kind;

std::string service_names(const YamlTree& services) {
  std::string names;
  for (std::size_t i = 0; i < services.entries(); ++i) {
    names += (names.empty() ? "" : ", ") + shown(services.key(i).text);
  }
  return names;
}

/// Compose's own tags (Compose file reference, "Merge"; Docker Compose 2.24): under the one a value
/// takes the place of what an earlier -f file says, under the other the entry goes away whatever
/// stands there.
constexpr std::string_view kOverride = "!override";
constexpr std::string_view kReset = "!reset";

/// The value of `service`'s entry `key`; null where there is none, or where it is taken away.
const YamlTree* value_of(const YamlTree& service, std::string_view key) {
  const YamlTree* const value = service.find(key);
  return value == nullptr || value->tag == kReset ? nullptr : value;
}

/// The entries of the services that run the profile's image, by their numbers.
std::vector<std::size_t> services_of_image(const YamlTree& services, const std::string& image) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < services.entries(); ++i) {
    const YamlTree* const value = value_of(services.value(i), "image");
    if (value != nullptr && value->text == image) found.push_back(i);
  }
  return found;
}

/// The path of the service `name`, or of the only one, or of the only one that runs `image`.
YamlPath service_path(const YamlEditor& editor, const std::string& name, const std::string& image,
                      const std::string& source) {
  const std::vector<YamlTree>& documents = editor.documents();
  if (documents.size() != 1) {
    fail_at(source, {}, "has " + std::to_string(documents.size()) + " documents");
  }
  const YamlPath services_path = editor.find({0}, "services");
  if (services_path.empty()) editor.fail(documents.front(), "there is no key \"services\"");
  const YamlTree& services = editor.at(services_path);
  if (services.kind != Kind::kMap || services.entries() == 0) {
    editor.fail(services, "there is no service");
  }
  if (!name.empty()) {
    YamlPath path = editor.find(services_path, name);
    if (path.empty()) {
      editor.fail(services, "there is no service " + name,
                  "the services are " + service_names(services));
    }
    return path;
  }
  const std::vector<std::size_t> fitting = services_of_image(services, image);
  if (services.entries() > 1 && fitting.size() != 1) {
    editor.fail(services, "there are several services",
                "choose with --service one of " + service_names(services));
  }
  YamlPath path = services_path;
  path.push_back(services.entries() > 1 ? 2 * fitting.front() + 1 : 1);
  return path;
}

/// True where the text of `place`'s entry `key` is `text`.
bool says(const YamlTree& place, std::string_view key, std::string_view text) {
  const YamlTree* const value = value_of(place, key);
  return value != nullptr && value->text == text;
}

/// Compose joins the lists of all -f files and of the override file beside this one, so that this
/// file alone does not tell what the container holds.
void warn_of_joined_lists(const YamlTree& service, ExportContent& content) {
  const auto replaces = [&service](std::string_view key) {
    const YamlTree* const value = service.find(key);
    return value != nullptr && (value->tag == kOverride || value->tag == kReset);
  };
  std::string joined;
  if (!replaces("cap_add")) joined = "cap_add";
  if (!replaces("cap_drop")) joined += joined.empty() ? "cap_drop" : " and cap_drop";
  if (joined.empty()) return;
  content.warnings.push_back(
      "Compose adds up the lists of several -f files and of an override file: " + joined +
      " of another file would count beside what stands here; docker compose config shows the "
      "sum, and !override before a list lets it stand alone");
}

void add_service_warnings(const YamlTree& service, ExportContent& content) {
  add_place_warnings(service, content);
  if (says(service, "privileged", "true")) {
    content.warnings.emplace_back("the service is privileged: it holds everything all the same");
  }
  if (value_of(service, "extends") != nullptr) {
    content.warnings.emplace_back(
        "the service extends another one: what that adds and drops counts as well");
  }
  const YamlTree* const user = value_of(service, "user");
  if (user != nullptr && is_root(user->text) != is_root(content.profile.image.user)) {
    content.warnings.push_back("the service runs as user " + user->text +
                               ", but the set was proven for user " + content.profile.image.user);
  }
}

/// An empty list is written only where something else would count without it.
bool is_needed(const YamlTree& service, std::string_view key,
               const std::vector<std::string>& names) {
  if (!names.empty()) return true;
  const YamlTree* const old = service.find(key);
  // What is taken away is empty already.
  if (old != nullptr) return old->tag != kReset;
  return service.find("<<") != nullptr;
}

/// Writes one of the two lists beside the other one where that is there, else behind the image.
void set_names(YamlEditor& editor, const YamlPath& path, const std::string& key,
               std::string_view other, const std::vector<std::string>& names,
               const std::string& comment) {
  const YamlTree& service = editor.at(path);
  if (!is_needed(service, key, names)) return;
  const YamlTree* const old = service.find(key);
  if (old != nullptr && old->tag == kReset) {
    editor.fail(*old, "!reset takes " + key + " away, whatever stands behind it",
                "write !override in its place: it is kept, and the set comes behind it");
  }
  const bool is_beside = service.find(other) != nullptr;
  editor.set(path, key, {key + ": " + yaml_names(names)}, is_beside ? other : "image", comment);
}

}  // namespace

Exported merge_compose(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file) {
  YamlEditor editor(file.text, file.source, {kOverride});
  const YamlPath path = service_path(editor, request.name, profile.image.reference, file.source);
  const YamlTree& service = editor.at(path);
  // In the host's network the host's rule for ports holds, not Docker's.
  const bool opens_ports = target.opens_ports && !says(service, "network_mode", "host");
  ExportContent content = content_for(profile, target, request, opens_ports);
  add_service_warnings(service, content);
  const std::vector<std::string> dropped = content.change.dropped();
  const std::vector<std::string> added = content.change.added();
  // Behind the line that differs from profile to profile.
  const std::string comment = short_comment(content);
  warn_of_joined_lists(service, content);
  const YamlTree& services = editor.at({path.begin(), path.end() - 1});
  if (request.name.empty() && services.entries() > 1) {
    content.notes.push_back("the set goes into the service " +
                            services.items[path.back() - 1].text + ", the only one of the image " +
                            profile.image.reference);
  }
  set_names(editor, path, "cap_drop", "cap_add", dropped, added.empty() ? comment : std::string());
  set_names(editor, path, "cap_add", "cap_drop", added, comment);
  content.warnings.insert(content.warnings.end(), editor.losses().begin(), editor.losses().end());
  return {editor.result(), std::move(content.warnings), std::move(content.notes)};
}

}  // namespace capmin
