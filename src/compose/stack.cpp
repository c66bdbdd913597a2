#include "compose/stack.h"

#include "core/error.h"
#include "document/yaml_stream.h"
#include "document/yaml_value.h"
#include "engine/container_spec.h"
#include "engine/create_options.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace capmin {
namespace {

using Kind = YamlNode::Kind;

/// As Compose writes a dollar sign that stands for itself.
std::string with_dollars(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}
std::string unescaped(std::string text) {
  return with_dollars(std::move(text), "$$", "$");
}
std::string escaped(std::string text) {
  return with_dollars(std::move(text), "$", "$$");
}

YamlNode text_of(std::string text) {
  return yaml_text(escaped(std::move(text)));
}

YamlNode texts_of(const std::vector<std::string>& texts) {
  YamlNode node = yaml_list();
  for (const std::string& text : texts) {
    node.items.push_back(text_of(text));
  }
  return node;
}

/// The text of `key`; empty where it has none.
std::string text_at(const YamlNode& map, std::string_view key) {
  const YamlNode* const value = find(map, key);
  return value == nullptr ? std::string() : unescaped(value->text);
}

bool is_true(const YamlNode* node) {
  return node != nullptr && node->text == "true";
}

/// Sets `name` in the list of "NAME=VALUE", or the map, that is `service`'s `key`.
void set_pair(YamlNode& service, const std::string& key, const std::string& name,
              const std::string& value, bool replaces) {
  YamlNode* pairs = find(service, key);
  if (pairs == nullptr || (pairs->kind != Kind::kMap && pairs->kind != Kind::kList)) {
    set(service, key, yaml_map());
    pairs = find(service, key);
  }
  if (pairs->kind == Kind::kMap) {
    if (replaces || find(*pairs, name) == nullptr) set(*pairs, name, text_of(value));
    return;
  }
  const std::string begin = name + '=';
  const auto old = std::ranges::find_if(
      pairs->items, [&begin](const YamlNode& item) { return item.text.starts_with(begin); });
  if (old == pairs->items.end()) {
    pairs->items.push_back(text_of(begin + value));
  } else if (replaces) {
    *old = text_of(begin + value);
  }
}

const YamlNode& services_in(const YamlNode& document) {
  static const YamlNode kNone = yaml_map();
  const YamlNode* const services = find(document, "services");
  return services == nullptr ? kNone : *services;
}

/// Calls `visit` with each text of a list, or each key of a map.
void for_each_name(const YamlNode* node, const std::function<void(const std::string&)>& visit) {
  if (node == nullptr) return;
  for (const YamlNode& item : node->items) {
    visit(unescaped(item.text));
  }
  for (const YamlEntry& entry : node->entries) {
    visit(entry.key);
  }
}

DependencyState state_of(const YamlNode& dependency) {
  const std::string condition = text_at(dependency, "condition");
  if (condition == "service_healthy") return DependencyState::kHealthy;
  if (condition == "service_completed_successfully") return DependencyState::kCompleted;
  return DependencyState::kStarted;
}

std::vector<Dependency> dependencies_of(const YamlNode& service) {
  std::vector<Dependency> dependencies;
  const auto add = [&dependencies](const std::string& name, DependencyState state) {
    const auto known = std::ranges::find(dependencies, name, &Dependency::service);
    if (known == dependencies.end()) dependencies.push_back({name, state});
  };
  if (const YamlNode* const depends = find(service, "depends_on")) {
    for (const YamlEntry& entry : depends->entries) {
      add(entry.key, state_of(entry.value));
    }
    for (const YamlNode& item : depends->items) {
      add(unescaped(item.text), DependencyState::kStarted);
    }
  }
  for_each_name(find(service, "links"), [&add](const std::string& link) {
    add(link.substr(0, link.find(':')), DependencyState::kStarted);
  });
  for_each_name(find(service, "volumes_from"), [&add](const std::string& from) {
    if (!from.starts_with("container:")) {
      add(from.substr(0, from.find(':')), DependencyState::kStarted);
    }
  });
  constexpr std::string_view kService = "service:";
  for (const std::string_view key : {"network_mode", "pid", "ipc"}) {
    const std::string mode = text_at(service, key);
    if (mode.starts_with(kService)) add(mode.substr(kService.size()), DependencyState::kStarted);
  }
  return dependencies;
}

/// Why `service` is refused as `capmin run` refuses the option of that meaning; empty where it is
/// not.
std::string refusal_of(const YamlNode& service) {
  struct Refused {
    std::string_view key;
    std::string_view value;
    const char* option;
  };
  constexpr std::array<Refused, 6> kRefused{{{"privileged", "true", "--privileged"},
                                             {"pid", "host", "--pid=host"},
                                             {"ipc", "host", "--ipc=host"},
                                             {"uts", "host", "--uts=host"},
                                             {"cgroup", "host", "--cgroupns=host"},
                                             {"userns_mode", "host", "--userns=host"}}};
  for (const auto& [key, value, option] : kRefused) {
    if (text_at(service, key) != value) continue;
    return std::string(key) + ": " + std::string(value) + ", " + refusal(option);
  }
  return {};
}

/// With the texts of x-capmin as they were written.
YamlNode without_escapes(YamlNode node) {
  node.text = unescaped(node.text);
  for (YamlNode& item : node.items) {
    item = without_escapes(item);
  }
  for (YamlEntry& entry : node.entries) {
    entry.value = without_escapes(entry.value);
  }
  return node;
}

StackService read_service(const YamlEntry& entry, const std::string& source) {
  const YamlNode& node = entry.value;
  if (node.kind != Kind::kMap) fail_at(source, entry.position, "a service is no map");
  StackService service;
  service.name = entry.key;
  service.image = text_at(node, "image");
  service.is_built = find(node, "build") != nullptr;
  service.dependencies = dependencies_of(node);
  service.refusal = refusal_of(node);
  if (const YamlNode* const settings = find(node, "x-capmin")) {
    if (settings->kind != Kind::kMap) {
      fail_at(source, entry.position, "x-capmin of the service " + entry.key + " is no map",
              "for instance x-capmin: {probe: ./health.sh}");
    }
    service.settings = without_escapes(*settings);
  }
  return service;
}

bool is_active(const YamlNode& service, const std::vector<std::string>& profiles) {
  const YamlNode* const own = find(service, "profiles");
  if (own == nullptr || own->items.empty()) return true;
  return std::ranges::any_of(own->items, [&profiles](const YamlNode& item) {
    return std::ranges::find(profiles, unescaped(item.text)) != profiles.end();
  });
}

/// Sorts services behind those they depend on.
class Order {
 public:
  Order(std::vector<StackService> services, const std::string& source)
      : services_(std::move(services)), source_(source) {}

  std::vector<StackService> sorted() {
    for (const StackService& service : services_) {
      visit(service);
    }
    return std::move(sorted_);
  }

 private:
  void visit(const StackService& service) {
    if (std::ranges::find(sorted_, service.name, &StackService::name) != sorted_.end()) return;
    if (!open_.insert(service.name).second) {
      throw Error(ExitCode::kUsage,
                  source_ + ": the service " + service.name + " depends on itself, by others",
                  "let one of them start without the other");
    }
    for (const Dependency& dependency : service.dependencies) {
      const auto other = std::ranges::find(services_, dependency.service, &StackService::name);
      if (other == services_.end()) {
        throw Error(ExitCode::kUsage,
                    source_ + ": the service " + service.name + " depends on " +
                        dependency.service + ", which is not there",
                    "where it belongs to a profile of Compose, add it: --profile NAME");
      }
      visit(*other);
    }
    sorted_.push_back(service);
  }

  std::vector<StackService> services_;
  const std::string& source_;
  std::set<std::string> open_;
  std::vector<StackService> sorted_;
};

void note_awaited(std::vector<StackService>& services) {
  for (const StackService& service : std::vector<StackService>(services)) {
    for (const Dependency& dependency : service.dependencies) {
      if (dependency.state != DependencyState::kCompleted) continue;
      const auto other = std::ranges::find(services, dependency.service, &StackService::name);
      if (other != services.end()) other->is_awaited_to_end = true;
    }
  }
}

const YamlNode& node_of(const Stack& stack, const std::string& service) {
  return *find(services_in(stack.document), service);
}

/// What a service mounts.
struct Mounted {
  Volume volume;
  bool is_tmpfs = false;
};

Mounted mounted(const YamlNode& node) {
  if (node.kind != Kind::kMap) return {parse_volume(unescaped(node.text)), false};
  const std::string type = text_at(node, "type");
  Volume volume{.kind = type == "bind"                    ? Volume::Kind::kBind
                        : text_at(node, "source").empty() ? Volume::Kind::kAnonymous
                                                          : Volume::Kind::kNamed,
                .source = text_at(node, "source"),
                .target = text_at(node, "target"),
                .options = {},
                .read_only = is_true(find(node, "read_only"))};
  return {volume, type != "bind" && type != "volume"};
}

/// Calls `visit` for everything that `services` mount.
void for_each_mount(const Stack& stack, const std::vector<std::string>& services,
                    const std::function<void(const Volume&)>& visit) {
  for (const std::string& service : services) {
    const YamlNode* const volumes = find(node_of(stack, service), "volumes");
    if (volumes == nullptr) continue;
    for (const YamlNode& item : volumes->items) {
      const Mounted mount = mounted(item);
      if (!mount.is_tmpfs) visit(mount.volume);
    }
  }
}

/// The entry `name` of the document's `key`; null where there is none.
const YamlNode* shared_entry(const Stack& stack, std::string_view key, std::string_view name) {
  const YamlNode* const all = find(stack.document, key);
  return all == nullptr ? nullptr : find(*all, name);
}

bool is_external(const YamlNode* entry) {
  const YamlNode* const external = entry == nullptr ? nullptr : find(*entry, "external");
  return external != nullptr && (external->kind == Kind::kMap || is_true(external));
}

/// Compose 2 writes an empty ipam for every network.
bool has_own_addresses(const YamlNode* network) {
  const YamlNode* const ipam = network == nullptr ? nullptr : find(*network, "ipam");
  const YamlNode* const config = ipam == nullptr ? nullptr : find(*ipam, "config");
  return config != nullptr && !config->items.empty();
}

void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

}  // namespace

const StackService* Stack::find(std::string_view service) const {
  const auto found = std::ranges::find(services, service, &StackService::name);
  return found == services.end() ? nullptr : &*found;
}

Stack read_stack(std::string_view printed, const std::string& source,
                 const std::vector<std::string>& profiles) {
  const std::vector<YamlTree> documents = parse_yaml_stream(printed, source);
  Stack stack;
  stack.source = source;
  if (documents.size() == 1) stack.document = resolved(documents.front(), printed, source);
  const YamlNode& services = services_in(stack.document);
  std::vector<StackService> active;
  for (const YamlEntry& entry : services.entries) {
    if (is_active(entry.value, profiles)) active.push_back(read_service(entry, source));
  }
  if (active.empty()) {
    throw Error(ExitCode::kUsage, source + ": there is no service",
                services.entries.empty() ? "a Compose file has a key \"services\""
                                         : "all belong to profiles of Compose: --profile NAME");
  }
  note_awaited(active);
  stack.services = Order(std::move(active), source).sorted();
  return stack;
}

std::vector<std::string> companions_of(const Stack& stack, const std::string& service) {
  std::set<std::string> needed;
  const std::function<void(const std::string&)> visit = [&](const std::string& name) {
    for (const Dependency& dependency : stack.find(name)->dependencies) {
      if (needed.insert(dependency.service).second) visit(dependency.service);
    }
  };
  visit(service);
  std::vector<std::string> companions;
  for (const StackService& each : stack.services) {
    if (needed.contains(each.name)) companions.push_back(each.name);
  }
  return companions;
}

std::vector<std::string> writable_paths(const Stack& stack,
                                        const std::vector<std::string>& services) {
  std::vector<std::string> paths;
  for_each_mount(stack, services, [&paths](const Volume& volume) {
    if (volume.kind == Volume::Kind::kBind && !volume.read_only) add_once(paths, volume.source);
  });
  return paths;
}

std::vector<std::string> external_volumes(const Stack& stack,
                                          const std::vector<std::string>& services) {
  std::vector<std::string> volumes;
  for_each_mount(stack, services, [&](const Volume& volume) {
    if (volume.kind != Volume::Kind::kNamed) return;
    if (is_external(shared_entry(stack, "volumes", volume.source))) {
      add_once(volumes, volume.source);
    }
  });
  return volumes;
}

std::vector<std::string> networks_of(const Stack& stack, const std::string& service) {
  const YamlNode& node = node_of(stack, service);
  const std::string mode = text_at(node, "network_mode");
  if (!mode.empty()) return {mode};
  std::vector<std::string> networks;
  for_each_name(find(node, "networks"),
                [&networks](const std::string& name) { networks.push_back(name); });
  if (networks.empty()) networks.emplace_back("default");
  return networks;
}

std::vector<std::string> shared_things(const Stack& stack, const std::vector<std::string>& services,
                                       bool keeps_volumes) {
  std::vector<std::string> things;
  for (const std::string& service : services) {
    for (const std::string& network : networks_of(stack, service)) {
      const YamlNode* const entry = shared_entry(stack, "networks", network);
      if (network == "host") {
        add_once(things, "the host's network (network_mode: host of " + service + ")");
      } else if (is_external(entry)) {
        add_once(things, "the external network " + network);
      } else if (has_own_addresses(entry)) {
        add_once(things, "the addresses of the network " + network + " (ipam)");
      }
    }
  }
  if (!keeps_volumes) return things;
  for (const std::string& volume : external_volumes(stack, services)) {
    add_once(things, "the external volume " + volume + " (--keep-volumes)");
  }
  for (const std::string& path : writable_paths(stack, services)) {
    add_once(things, "what " + path + " holds (--keep-volumes)");
  }
  return things;
}

namespace {

/// A port without that of the host.
void free_port(YamlNode& port) {
  if (port.kind == Kind::kMap) {
    erase(port, "published");
    return;
  }
  // [[IP:]HOST:]CONTAINER[/PROTOCOL]
  const std::size_t last = port.text.rfind(':');
  if (last == std::string::npos) return;
  const std::size_t first = port.text.rfind(':', last - 1);
  const bool has_address = last > 0 && first != std::string::npos;
  port = text_of((has_address ? port.text.substr(0, first) + "::" : std::string()) +
                 port.text.substr(last + 1));
}

/// The copy in place of the host's own, in a mount of a service.
void place_copy(const StackProject& project, YamlNode& node) {
  const Volume volume = mounted(node).volume;
  const auto copy = project.copies.find(volume.source);
  if (volume.kind != Volume::Kind::kBind || volume.read_only || copy == project.copies.end()) {
    return;
  }
  if (node.kind == Kind::kMap) {
    set(node, "source", text_of(copy->second));
  } else {
    Volume copied = volume;
    copied.source = copy->second;
    node = text_of(to_argument(copied));
  }
}

void put_set(CapabilitySet add, YamlNode& service) {
  erase(service, "cap_add");
  set(service, "cap_drop", texts_of({"ALL"}));
  std::vector<std::string> added;
  for (const std::string_view name : add.names()) {
    added.emplace_back(name);
  }
  if (!added.empty()) set(service, "cap_add", texts_of(added));
}

void put_on_trial(const ServiceGrant& trial, YamlNode& service) {
  for (const std::string_view key : {"restart", "scale"}) {
    erase(service, key);
  }
  put_set(trial.grant, service);
  for (const auto& [name, value] : trial.sysctls) {
    set_pair(service, "sysctls", name, value, false);
  }
  for (const auto& [name, value] : trial.labels) {
    set_pair(service, "labels", name, value, true);
  }
  if (!trial.mounts.empty()) {
    if (find(service, "volumes") == nullptr) set(service, "volumes", texts_of({}));
    for (const std::string& mount : trial.mounts) {
      find(service, "volumes")->items.push_back(text_of(mount));
    }
  }
  if (trial.without_healthcheck) {
    YamlNode none = yaml_map();
    YamlNode yes;
    yes.text = "true";
    set(none, "disable", yes);
    set(service, "healthcheck", none);
  }
}

/// Makes the networks or volumes of the file the project's own, but for external ones that are to
/// be used as they are.
void make_own(const StackProject& project, bool keeps_external, YamlNode& all) {
  for (YamlEntry& entry : all.entries) {
    if (is_external(&entry.value)) {
      if (keeps_external) continue;
      erase(entry.value, "external");
    }
    erase(entry.value, "name");
    for (const auto& [name, value] : project.labels) {
      set_pair(entry.value, "labels", name, value, true);
    }
    entry.value.kind = Kind::kMap;
  }
}

}  // namespace

std::string project_file(const Stack& stack, const StackProject& project) {
  YamlNode document = stack.document;
  erase(document, "name");
  YamlNode& services = *find(document, "services");
  const auto is_in = [&project](const std::string& name) {
    return std::ranges::find(project.services, name) != project.services.end();
  };
  std::erase_if(services.entries, [&is_in](const YamlEntry& entry) { return !is_in(entry.key); });
  std::set<std::string> networks;
  std::set<std::string> volumes;
  for (const std::string& service : project.services) {
    for (const std::string& network : networks_of(stack, service)) {
      networks.insert(network);
    }
  }
  for_each_mount(stack, project.services, [&volumes](const Volume& volume) {
    if (volume.kind == Volume::Kind::kNamed) volumes.insert(volume.source);
  });
  for (YamlEntry& entry : services.entries) {
    YamlNode& service = entry.value;
    for (const std::string_view key : {"container_name", "profiles", "x-capmin", "build"}) {
      erase(service, key);
    }
    if (project.without_order) erase(service, "depends_on");
    const auto image = project.images.find(entry.key);
    if (image != project.images.end()) set(service, "image", text_of(image->second));
    for (const auto& [name, value] : project.labels) {
      set_pair(service, "labels", name, value, true);
    }
    if (YamlNode* const ports = find(service, "ports")) {
      std::ranges::for_each(ports->items, free_port);
    }
    if (YamlNode* const mounts = find(service, "volumes")) {
      for (YamlNode& mount : mounts->items) {
        place_copy(project, mount);
      }
    }
    const auto trial = project.on_trial.find(entry.key);
    if (trial != project.on_trial.end()) put_on_trial(trial->second, service);
  }
  if (networks.contains("default") && shared_entry(stack, "networks", "default") == nullptr) {
    if (find(document, "networks") == nullptr) set(document, "networks", yaml_map());
    set(*find(document, "networks"), "default", yaml_map());
  }
  const auto keep_used = [&document](const char* key, const std::set<std::string>& used) {
    YamlNode* const all = find(document, key);
    if (all == nullptr) return all;
    std::erase_if(all->entries,
                  [&used](const YamlEntry& entry) { return !used.contains(entry.key); });
    return all;
  };
  if (YamlNode* const all = keep_used("networks", networks)) make_own(project, true, *all);
  if (YamlNode* const all = keep_used("volumes", volumes)) {
    make_own(project, project.keeps_volumes, *all);
  }
  return to_yaml(document);
}

namespace {

YamlNode with_sets(const Stack& stack, const std::map<std::string, CapabilitySet>& sets) {
  YamlNode document = stack.document;
  for (YamlEntry& entry : find(document, "services")->entries) {
    const auto set = sets.find(entry.key);
    if (set != sets.end()) put_set(set->second, entry.value);
  }
  return document;
}

/// Whether both say the same, whatever the order of the entries of maps.
bool is_same(const YamlNode& a, const YamlNode& b) {
  return a.kind == b.kind && a.text == b.text && a.entries.size() == b.entries.size() &&
         std::ranges::equal(a.items, b.items, is_same) &&
         std::ranges::all_of(a.entries, [&b](const YamlEntry& entry) {
           const YamlNode* const other = find(b, entry.key);
           return other != nullptr && is_same(entry.value, *other);
         });
}

/// The same with lists of capabilities as put_set() writes them; of names that are none it stays as
/// it is.
YamlNode with_sorted_sets(YamlNode document) {
  for (YamlEntry& entry : find(document, "services")->entries) {
    const YamlNode* const added = find(entry.value, "cap_add");
    const YamlNode* const dropped = find(entry.value, "cap_drop");
    // Lists of several files may name it in several spellings.
    const bool drops_all = dropped != nullptr && !dropped->items.empty() &&
                           std::ranges::all_of(dropped->items, [](const YamlNode& item) {
                             return item.text == "ALL" || item.text == "all";
                           });
    if (!drops_all) continue;
    CapabilitySet set;
    bool is_known = true;
    for_each_name(added, [&](const std::string& name) {
      const auto capability = capability_named(name);
      is_known = is_known && capability;
      if (capability) set = set.with(*capability);
    });
    if (is_known) put_set(set, entry.value);
  }
  return document;
}

}  // namespace

std::string file_with_sets(const Stack& stack, const std::map<std::string, CapabilitySet>& sets) {
  return to_yaml(with_sets(stack, sets));
}

bool differs_in_sets_alone(const Stack& stack, const Stack& edited,
                           const std::map<std::string, CapabilitySet>& sets) {
  return is_same(with_sorted_sets(with_sets(stack, sets)), with_sorted_sets(edited.document));
}

std::string variable_name(std::string_view name) {
  std::string variable;
  for (const char letter : name) {
    const bool is_lower = letter >= 'a' && letter <= 'z';
    const bool is_kept = (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    variable += is_lower ? static_cast<char>(letter - 'a' + 'A') : is_kept ? letter : '_';
  }
  return variable;
}

}  // namespace capmin
