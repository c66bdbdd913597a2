#include "export/merge.h"
#include "export/writers.h"
#include "yaml/quote.h"
#include "yaml/yaml_edit.h"

#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

namespace capmin {
namespace {

using Kind = YamlTree::Kind;

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

struct Container {
  std::string name;
  YamlPath path;
  YamlPath pod_spec;
  bool initial = false;  ///< of initContainers
};

std::optional<YamlPath> pod_spec_of(const YamlEditor& editor, std::size_t document) {
  const YamlTree* const kind = editor.documents()[document].find("kind");
  if (kind == nullptr) return std::nullopt;
  for (const Workload& workload : workloads()) {
    if (kind->text != workload.kind) continue;
    YamlPath path{document};
    for (const std::string_view key : workload.pod_spec) {
      path = editor.find(path, key);
      if (path.empty()) return std::nullopt;
    }
    return path;
  }
  return std::nullopt;
}

std::vector<Container> containers_of(const YamlEditor& editor) {
  std::vector<Container> containers;
  for (std::size_t document = 0; document < editor.documents().size(); ++document) {
    const auto spec = pod_spec_of(editor, document);
    if (!spec) continue;
    for (const std::string_view key : {"containers", "initContainers"}) {
      const YamlPath list = editor.find(*spec, key);
      if (list.empty() || editor.at(list).kind != Kind::kList) continue;
      for (std::size_t i = 0; i < editor.at(list).items.size(); ++i) {
        YamlPath path = list;
        path.push_back(i);
        const YamlTree* const name = editor.at(path).find("name");
        containers.push_back({name == nullptr ? std::string() : name->text, std::move(path), *spec,
                              key != "containers"});
      }
    }
  }
  return containers;
}

/// The container `name`, or the only one that is no init container.
Container chosen_container(const YamlEditor& editor, const std::string& name,
                           const std::string& source) {
  const std::vector<Container> all = containers_of(editor);
  std::vector<Container> fitting;
  std::string names;
  for (const Container& container : all) {
    names += (names.empty() ? "" : ", ") + shown(container.name);
    if (name.empty() ? !container.initial : container.name == name) fitting.push_back(container);
  }
  if (all.empty()) {
    fail_at(source, {}, "there is no container",
            "they are looked for in Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, "
            "ReplicationController, Job and CronJob");
  }
  if (fitting.empty()) {
    fail_at(source, {}, "there is no container " + (name.empty() ? "but init containers" : name),
            "choose with --container one of " + names);
  }
  if (fitting.size() > 1) {
    editor.fail(
        editor.at(fitting[1].path),
        name.empty() ? "there are several containers" : "there are several containers " + name,
        name.empty() ? "choose with --container one of " + names
                     : "give them names of their own, or a file for each");
  }
  return fitting.front();
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

}  // namespace

Exported merge_kubernetes(const Profile& profile, const Target& target,
                          const ExportRequest& request, const MergeFile& file) {
  YamlEditor editor(file.text, file.source);
  const Container container = chosen_container(editor, request.name, file.source);
  ExportContent content = content_for(profile, target, request, target.opens_ports);
  add_container_warnings(editor, container, content);
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

}  // namespace capmin
