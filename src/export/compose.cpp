#include "document/document.h"
#include "document/plain_scalar.h"
#include "export/writers.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace capmin {
namespace {

/// A text of a service: Compose replaces $NAME and ${NAME} in it, "$$" is a dollar.
DocumentNode service_text(const std::string& text) {
  std::string doubled;
  for (const char letter : text) {
    doubled += letter == '$' ? "$$" : std::string(1, letter);
  }
  return {std::move(doubled)};
}

/// A Compose file with one service, by the Compose specification; docker-compose 1.29 reads it.
class ComposeFile {
 public:
  explicit ComposeFile(ExportContent& content) : content_(content) {
    service_.set("image", service_text(content.profile.image.reference));
    add_all("cap_drop", content.change.dropped());
    add_all("cap_add", content.change.added());
    for (const Setting& setting : content.settings) {
      place(setting);
    }
    DocumentMap& facts = service_.map("x-capmin");
    for (const ProvenanceFact& fact : provenance(content)) {
      facts.set(fact.key, service_text(fact.value));
    }
  }

  std::string text() const {
    DocumentMap services;
    services.set(content_.name, {service_});
    DocumentMap file;
    file.set("services", {std::move(services)});
    if (!networks_.fields.empty()) file.set("networks", {networks_});
    if (!volumes_.fields.empty()) file.set("volumes", {volumes_});
    return emit_yaml(file);
  }

 private:
  void place(const Setting& setting);
  void place_engine_option(const std::string& option);
  void place_network(const std::string& network);
  void place_ulimit(const Setting& setting);
  void set(const char* key, const std::string& value) { service_.set(key, service_text(value)); }
  void add(const char* key, const std::string& value) {
    service_.list(key, Layout::kFlow).items.push_back(service_text(value));
  }
  void add_all(const char* key, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      add(key, value);
    }
  }

  ExportContent& content_;
  DocumentMap service_;
  DocumentMap networks_;
  DocumentMap volumes_;
};

void ComposeFile::place(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kUser:
      return set("user", setting.value);
    case SettingKind::kGroup:
      return add("group_add", setting.value);
    case SettingKind::kReadOnly:
      return service_.set("read_only", {true});
    case SettingKind::kNoNewPrivileges:
      return add("security_opt", "no-new-privileges:true");
    case SettingKind::kSeccomp:
      return add("security_opt", "seccomp=" + setting.value);
    case SettingKind::kAppArmor:
      return add("security_opt", "apparmor=" + setting.value);
    case SettingKind::kSecurity:
      return add("security_opt", setting.value);
    case SettingKind::kSysctl:
      return add("sysctls", setting.value);
    case SettingKind::kTmpfs:
      return add("tmpfs", setting.value);
    case SettingKind::kVolume: {
      const MountSetting volume = parse_volume_setting(setting.value);
      const bool is_named = !volume.source.empty() && !volume.is_host_path();
      if (is_named) volumes_.map(volume.source);
      return add("volumes", setting.value);
    }
    case SettingKind::kEntrypoint:
      return add("entrypoint", setting.value);
    case SettingKind::kCommand:
      return add_all("command", setting.words);
    case SettingKind::kDirectory:
      return set("working_dir", setting.value);
    case SettingKind::kNetwork:
      return place_network(setting.value);
    case SettingKind::kPort:
      return add("ports", setting.value);
    case SettingKind::kUlimit:
      return place_ulimit(setting);
    case SettingKind::kSharedMemory:
      return set("shm_size", setting.value);
    case SettingKind::kMemory:
      return set("mem_limit", setting.value);
    case SettingKind::kProcesses:
      if (const auto most = parse_bytes(setting.value)) {
        return service_.set("pids_limit", number_node(static_cast<std::int64_t>(*most)));
      }
      return content_.leave_out(setting.option, "pids_limit takes a number");
    case SettingKind::kHostname:
      return set("hostname", setting.value);
    case SettingKind::kHost:
      return add("extra_hosts", setting.value);
    case SettingKind::kDevice:
      return add("devices", setting.value);
    case SettingKind::kPlatform:
      return set("platform", setting.value);
    case SettingKind::kInit:
      return service_.set("init", {true});
    case SettingKind::kVariable:
      return add("environment", setting.value);
    case SettingKind::kVariableFile:
      return add("env_file", setting.value);
    case SettingKind::kEngine:
      return place_engine_option(setting.option);
  }
}

/// Options of the engines that Compose has by another name; other options may take confinement
/// away.
void ComposeFile::place_engine_option(const std::string& option) {
  enum class Form { kFlag, kText, kList };
  struct Twin {
    std::string_view option;
    const char* key;
    Form form = Form::kText;
  };
  constexpr std::array<Twin, 14> kTwins{{{"--tty", "tty", Form::kFlag},
                                         {"--interactive", "stdin_open", Form::kFlag},
                                         {"--dns", "dns", Form::kList},
                                         {"--dns-search", "dns_search", Form::kList},
                                         {"--dns-option", "dns_opt", Form::kList},
                                         {"--expose", "expose", Form::kList},
                                         {"--cpus", "cpus"},
                                         {"--cpuset-cpus", "cpuset"},
                                         {"--cpu-shares", "cpu_shares"},
                                         {"--domainname", "domainname"},
                                         {"--memory-swap", "memswap_limit"},
                                         {"--memory-reservation", "mem_reservation"},
                                         {"--oom-score-adj", "oom_score_adj"},
                                         {"--stop-signal", "stop_signal"}}};
  const auto [name, value] = split_at(option, '=');
  const auto* const twin = std::ranges::find(kTwins, name, &Twin::option);
  if (twin == kTwins.end() || (twin->form == Form::kFlag) != (option == name)) {
    return content_.leave_out(option, "an option of the engine's own");
  }
  if (twin->form == Form::kFlag) return service_.set(twin->key, {true});
  if (twin->form == Form::kList) return add(twin->key, value);
  set(twin->key, value);
}

void ComposeFile::place_network(const std::string& network) {
  if (network == "host" || network == "none" || network.find(':') != std::string::npos) {
    return set("network_mode", network);
  }
  add("networks", network);
  networks_.map(network).set("external", {true});
}

void ComposeFile::place_ulimit(const Setting& setting) {
  const auto limit = parse_ulimit(setting.value);
  if (!limit) return content_.leave_out(setting.option, "it is no NAME=SOFT:HARD");
  DocumentMap both{Layout::kFlow, {}};
  both.set("soft", number_node(limit->soft));
  both.set("hard", number_node(limit->hard));
  service_.map("ulimits").set(limit->name, {std::move(both)});
}

}  // namespace

std::string yaml_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + quote(name, QuoteFormat::kYaml);
  }
  return '[' + list + ']';
}

std::string write_compose(ExportContent& content) {
  return ComposeFile(content).text();
}

}  // namespace capmin
