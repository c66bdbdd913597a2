#include "core/error.h"
#include "export/merge.h"
#include "export/writers.h"
#include "profile/pod_security.h"
#include "yaml/quote.h"
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

/// The path of the service `name`, or of the only one.
YamlPath service_path(const YamlEditor& editor, const std::string& name,
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
  if (services.entries() > 1) {
    editor.fail(services, "there are several services",
                "choose with --service one of " + service_names(services));
  }
  YamlPath path = services_path;
  path.push_back(1);
  return path;
}

/// True where the text of `place`'s entry `key` is `text`.
bool says(const YamlTree& place, std::string_view key, std::string_view text) {
  const YamlTree* const value = place.find(key);
  return value != nullptr && value->text == text;
}

void add_service_warnings(const YamlTree& service, ExportContent& content) {
  add_place_warnings(service, content);
  if (says(service, "privileged", "true")) {
    content.warnings.emplace_back("the service is privileged: it holds everything all the same");
  }
  if (service.find("extends") != nullptr) {
    content.warnings.emplace_back(
        "the service extends another one: what that adds and drops counts as well");
  }
  const YamlTree* const user = service.find("user");
  if (user != nullptr && is_root(user->text) != is_root(content.profile.image.user)) {
    content.warnings.push_back("the service runs as user " + user->text +
                               ", but the set was proven for user " + content.profile.image.user);
  }
}

/// An empty list is written only where something else would count without it.
bool is_needed(const YamlTree& service, std::string_view key,
               const std::vector<std::string>& names) {
  return !names.empty() || service.find(key) != nullptr || service.find("<<") != nullptr;
}

}  // namespace

Exported merge_compose(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file) {
  YamlEditor editor(file.text, file.source);
  const YamlPath path = service_path(editor, request.name, file.source);
  const YamlTree& service = editor.at(path);
  // In the host's network the host's rule for ports holds, not Docker's.
  const bool opens_ports = target.opens_ports && !says(service, "network_mode", "host");
  ExportContent content = content_for(profile, target, request, opens_ports);
  add_service_warnings(service, content);
  const std::vector<std::string> dropped = content.change.dropped();
  const std::vector<std::string> added = content.change.added();
  // Behind the line that differs from profile to profile.
  const std::string comment = short_comment(content);
  if (is_needed(service, "cap_drop", dropped)) {
    editor.set(path, "cap_drop", {"cap_drop: " + yaml_names(dropped)}, "image",
               added.empty() ? comment : std::string());
  }
  if (is_needed(service, "cap_add", added)) {
    editor.set(path, "cap_add", {"cap_add: " + yaml_names(added)}, "image", comment);
  }
  content.warnings.insert(content.warnings.end(), editor.losses().begin(), editor.losses().end());
  return {editor.result(), std::move(content.warnings), std::move(content.notes)};
}

}  // namespace capmin
