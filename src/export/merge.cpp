#include "core/error.h"
#include "document/yaml_edit.h"
#include "document/yaml_stream.h"
#include "export/compose_sets.h"
#include "export/export.h"
#include "export/writers.h"
#include "profile/platform.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <utility>

namespace capmin {
namespace {

using Kind = YamlTree::Kind;

/// The value of `service`'s entry `key`; null where there is none, or where it is taken away.
const YamlTree* value_of(const YamlTree& service, std::string_view key) {
  const YamlTree* const value = service.find(key);
  return value == nullptr || value->tag == kComposeReset ? nullptr : value;
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
YamlPath service_path(const YamlEditor& editor, const std::string& name, const std::string& image) {
  if (!name.empty()) return compose_service(editor, name);
  YamlPath path = compose_services(editor);
  const YamlTree& services = editor.at(path);
  const std::vector<std::size_t> fitting = services_of_image(services, image);
  if (services.entries() > 1 && fitting.size() != 1) {
    editor.fail(services, "there are several services",
                "choose with --service one of " + compose_service_names(services));
  }
  path.push_back(services.entries() > 1 ? 2 * fitting.front() + 1 : 1);
  return path;
}

/// What speaks against the set in the place it goes to: a service or container of another image.
void add_place_warnings(const YamlTree& place, ExportContent& content) {
  const YamlTree* const image = place.find("image");
  if (image != nullptr && image->text != content.profile.image.reference) {
    content.warnings.push_back("the set is that of " + content.profile.image.reference +
                               ", but the image here is " + image->text);
  }
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
    return value != nullptr && (value->tag == kComposeOverride || value->tag == kComposeReset);
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

Exported merge_compose(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file) {
  YamlEditor editor(file.text, file.source, {kComposeOverride});
  const YamlPath path = service_path(editor, request.name, profile.image.reference);
  const YamlTree& service = editor.at(path);
  // In the host's network the host's rule for ports holds, not Docker's.
  const bool opens_ports = target.opens_ports && !says(service, "network_mode", "host");
  ExportContent content = content_for(profile, target, request, opens_ports);
  add_service_warnings(service, content);
  const std::string comment = short_comment(content);
  warn_of_joined_lists(service, content);
  const YamlTree& services = editor.at({path.begin(), path.end() - 1});
  if (request.name.empty() && services.entries() > 1) {
    content.notes.push_back("the set goes into the service " +
                            services.items[path.back() - 1].text + ", the only one of the image " +
                            profile.image.reference);
  }
  set_capability_lists(editor, path, content.change, comment);
  content.warnings.insert(content.warnings.end(), editor.losses().begin(), editor.losses().end());
  return {editor.result(), std::move(content.warnings), std::move(content.notes)};
}

struct Workload {
  std::string_view kind;
  std::vector<std::string_view> pod_spec;  ///< the keys that lead to it
};

const std::array<Workload, 8>& workloads() {
  static const std::vector<std::string_view> template_spec{"spec", "template", "spec"};
  static const std::array<Workload, 8> table{{
      {"Pod", {"spec"}},
      {"Deployment", template_spec},
      {"StatefulSet", template_spec},
      {"DaemonSet", template_spec},
      {"ReplicaSet", template_spec},
      {"ReplicationController", template_spec},
      {"Job", template_spec},
      {"CronJob", {"spec", "jobTemplate", "spec", "template", "spec"}},
  }};
  return table;
}

/// A container and the words that lead to it: its own name, that of its workload, the workload's
/// kind and its namespace.
struct Container {
  std::vector<std::string> names;
  YamlPath path;
  YamlPath pod_spec;
  bool initial = false;            ///< of initContainers
  bool is_one_of_several = false;  ///< chosen by its image

  /// The last `count` of its names, parted by "/": Deployment/web/server are three.
  std::string called(std::size_t count) const {
    std::string text = names.front();
    for (std::size_t i = 1; i < std::min(count, names.size()); ++i) {
      text.insert(0, names[i] + "/");
    }
    return text;
  }
  bool is_called(const std::string& name) const {
    for (std::size_t count = 1; count <= names.size(); ++count) {
      if (called(count) == name) return true;
    }
    return false;
  }
};

std::string text_at(const YamlTree& map, std::string_view key) {
  const YamlTree* const value = map.find(key);
  return value == nullptr ? std::string() : value->text;
}

/// Adds the containers of the object at `object`, which is of `kind`: of a workload, or of each
/// item of a list (kind List, or the list of one kind, whose items need not say it again).
void add_containers(const YamlEditor& editor, const YamlPath& object, const std::string& kind,
                    std::vector<Container>& containers) {
  constexpr std::string_view kList = "List";
  if (kind.ends_with(kList)) {
    const YamlPath items = editor.find(object, "items");
    if (items.empty() || editor.at(items).kind != Kind::kList) return;
    for (std::size_t i = 0; i < editor.at(items).items.size(); ++i) {
      YamlPath item = items;
      item.push_back(i);
      std::string own = text_at(editor.at(item), "kind");
      if (own.empty()) own = kind.substr(0, kind.size() - kList.size());
      add_containers(editor, item, own, containers);
    }
    return;
  }
  const auto workload = std::ranges::find(workloads(), kind, &Workload::kind);
  if (workload == workloads().end()) return;
  YamlPath spec = object;
  for (const std::string_view key : workload->pod_spec) {
    spec = editor.find(spec, key);
    if (spec.empty()) return;
  }
  const YamlPath metadata = editor.find(object, "metadata");
  std::vector<std::string> names{"", "", kind};
  if (!metadata.empty()) {
    names[1] = text_at(editor.at(metadata), "name");
    const std::string space = text_at(editor.at(metadata), "namespace");
    if (!space.empty()) names.push_back(space);
  }
  for (const std::string_view key : {"containers", "initContainers"}) {
    const YamlPath list = editor.find(spec, key);
    if (list.empty() || editor.at(list).kind != Kind::kList) continue;
    for (std::size_t i = 0; i < editor.at(list).items.size(); ++i) {
      YamlPath path = list;
      path.push_back(i);
      names.front() = text_at(editor.at(path), "name");
      containers.push_back({names, std::move(path), spec, key != "containers"});
    }
  }
}

std::vector<Container> containers_of(const YamlEditor& editor) {
  std::vector<Container> containers;
  for (std::size_t document = 0; document < editor.documents().size(); ++document) {
    add_containers(editor, {document}, text_at(editor.documents()[document], "kind"), containers);
  }
  return containers;
}

/// What each container is to be called by: its own name, or the shortest way that leads to no
/// other one, such as Deployment/web/server.
std::string choices(const std::vector<Container>& containers) {
  constexpr std::size_t kMostNamed = 50;
  std::string text;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (i == kMostNamed) return text + ", ...";
    const Container& container = containers[i];
    std::size_t count = 1;
    const auto fits = [&](const Container& other) {
      return other.is_called(container.called(count));
    };
    if (std::ranges::count_if(containers, fits) > 1) count = 3;
    if (std::ranges::count_if(containers, fits) > 1) count = container.names.size();
    text += (text.empty() ? "" : ", ") + shown(container.called(count));
  }
  return text;
}

/// The container `name`; of several, or without a name, the only one of `image`, or else the only
/// one that is no init container.
Container chosen_container(const YamlEditor& editor, const std::string& name,
                           const std::string& image, const std::string& source) {
  const std::vector<Container> all = containers_of(editor);
  std::vector<Container> fitting;
  for (const Container& container : all) {
    if (name.empty() ? !container.initial : container.is_called(name)) fitting.push_back(container);
  }
  if (all.empty()) {
    fail_at(source, {}, "there is no container",
            "they are looked for in Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, "
            "ReplicationController, Job and CronJob, and in a List of these");
  }
  if (fitting.empty()) {
    fail_at(source, {}, "there is no container " + (name.empty() ? "but init containers" : name),
            "choose with --container one of " + choices(all));
  }
  if (fitting.size() == 1) return fitting.front();
  std::vector<Container> of_image;
  std::ranges::copy_if(fitting, std::back_inserter(of_image), [&](const Container& container) {
    return text_at(editor.at(container.path), "image") == image;
  });
  if (of_image.size() == 1) {
    of_image.front().is_one_of_several = true;
    return of_image.front();
  }
  const std::string several =
      "there are several containers" + (name.empty() ? std::string() : ' ' + name);
  const bool is_exact = std::ranges::all_of(fitting, [&](const Container& container) {
    return container.called(container.names.size()) == name;
  });
  editor.fail(editor.at(fitting[1].path), several,
              is_exact ? "give them names of their own, or a file for each"
                       : "choose with --container one of " + choices(name.empty() ? all : fitting));
}

void add_container_warnings(const YamlEditor& editor, const Container& container,
                            ExportContent& content) {
  const YamlTree& place = editor.at(container.path);
  add_place_warnings(place, content);
  const YamlTree* const context = place.find("securityContext");
  const auto says = [context](std::string_view key, std::string_view text) {
    const YamlTree* const value = context == nullptr ? nullptr : context->find(key);
    return value != nullptr && value->text == text;
  };
  if (says("privileged", "true")) {
    content.warnings.emplace_back("the container is privileged: it holds everything all the same");
  }
  if (says("allowPrivilegeEscalation", "false") && !may_forbid_privilege_escalation(content)) {
    content.warnings.emplace_back(
        "the container says allowPrivilegeEscalation: false, but the set was not proven that way: "
        "file capabilities and setuid programs have no effect in it");
  }
  for (const YamlTree* each : {editor.at(container.pod_spec).find("securityContext"), context}) {
    const YamlTree* const user = each == nullptr ? nullptr : each->find("runAsUser");
    if (user == nullptr || user->text == "0" || content.needed.empty()) continue;
    content.warnings.push_back("the container runs as user " + user->text +
                               ": what is added takes effect only through file capabilities and "
                               "setuid programs");
  }
}

std::vector<std::string> indented(std::vector<std::string> lines) {
  for (std::string& line : lines) {
    line.insert(0, "  ");
  }
  return lines;
}

Exported merge_kubernetes(const Profile& profile, const Target& target,
                          const ExportRequest& request, const MergeFile& file) {
  YamlEditor editor(file.text, file.source);
  const Container container =
      chosen_container(editor, request.name, profile.image.reference, file.source);
  ExportContent content = content_for(profile, target, request, target.opens_ports);
  add_container_warnings(editor, container, content);
  if (container.is_one_of_several) {
    content.notes.push_back("the set goes into the container " + container.called(3) +
                            ", the only one of the image " + profile.image.reference);
  }
  const std::string comment = short_comment(content);

  std::vector<std::string> capabilities = indented(kubernetes_capabilities(content.change));
  capabilities.insert(capabilities.begin(),
                      capabilities.empty() ? "capabilities: {}" : "capabilities:");
  const bool forbids = may_forbid_privilege_escalation(content);
  const YamlPath context = editor.find(container.path, "securityContext");
  const bool is_empty = context.empty() || editor.at(context).kind == Kind::kNull ||
                        (editor.at(context).kind == Kind::kMap && editor.at(context).items.empty());
  if (is_empty) {
    std::vector<std::string> lines = std::move(capabilities);
    if (forbids) lines.insert(lines.begin(), "allowPrivilegeEscalation: false");
    lines = indented(std::move(lines));
    lines.insert(lines.begin(), "securityContext:");
    editor.set(container.path, "securityContext", lines, "image", comment);
  } else {
    editor.set(context, "capabilities", capabilities, {}, comment);
    if (forbids && editor.find(context, "allowPrivilegeEscalation").empty()) {
      editor.set(context, "allowPrivilegeEscalation", {"allowPrivilegeEscalation: false"},
                 "capabilities", {});
    }
  }
  content.warnings.insert(content.warnings.end(), editor.losses().begin(), editor.losses().end());
  return {editor.result(), std::move(content.warnings), std::move(content.notes)};
}

}  // namespace

Exported merge_profile(const Profile& profile, const Target& target, const ExportRequest& request,
                       const MergeFile& file) {
  if (target.format == "compose") return merge_compose(profile, target, request, file);
  if (target.format == "kubernetes") return merge_kubernetes(profile, target, request, file);
  throw Error(ExitCode::kUsage, "nothing can be merged in the format " + std::string(target.format),
              "the formats are compose and kubernetes");
}

}  // namespace capmin
