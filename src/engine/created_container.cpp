#include "engine/created_container.h"

#include "core/error.h"
#include "engine/json_reply.h"
#include "text/words.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace capmin {
namespace {

namespace json = boost::json;
using namespace reply;

/// Calls `visit` with each member of an object.
template <typename Visit>
void each_member(const json::value& value, const Visit& visit) {
  const json::object* const object = value.if_object();
  if (object == nullptr) return;
  for (const auto& entry : *object) {
    visit(std::string(entry.key()), entry.value());
  }
}

/// Calls `visit` with each element of an array.
template <typename Visit>
void each_element(const json::value& value, const Visit& visit) {
  const json::array* const array = value.if_array();
  if (array == nullptr) return;
  std::ranges::for_each(*array, visit);
}

/// Reads the description of one container.
class Reader {
 public:
  Reader(const json::value& container, LabelledObject self)
      : container_(container),
        config_(member(container, "Config")),
        host_(member(container, "HostConfig")),
        is_podman_(!text(member(container, "ImageName")).empty()) {
    created_.self = std::move(self);
  }

  CreatedContainer read();

 private:
  void read_program();
  void read_variables();
  void read_namespaces();
  void read_network();
  void read_hostname();
  void read_mounts();
  void read_tmpfs();
  void read_ports();
  void read_sysctls();
  void read_limits();
  void read_devices();
  void read_security();
  void read_others();

  void add(const char* name, const std::string& value) {
    created_.options.push_back({.name = name, .value = value});
  }
  void add_own(const std::string& argument) {
    created_.options.push_back({.name = argument, .value = {}});
  }
  void add_each_own(const char* option, const json::value& values) {
    for (const std::string& value : texts(values)) {
      add_own(std::string(option) + '=' + value);
    }
  }
  bool is_annotated(std::string_view name) const {
    return text(member(member(config_, "Annotations"),
                       std::string("io.podman.annotations.") + std::string(name))) == "TRUE";
  }

  /// What its creator's command line gave to an option, which podman tells and docker does not.
  std::vector<std::string> words_given_to(const std::string& option) const;
  bool is_podmans_limit(const std::string& name, std::int64_t soft, std::int64_t hard) const;

  const json::value& container_;
  const json::value& config_;
  const json::value& host_;
  bool is_podman_;
  CreatedContainer created_;
};

std::vector<std::string> Reader::words_given_to(const std::string& option) const {
  std::vector<std::string> given;
  const std::vector<std::string> words = texts(member(config_, "CreateCommand"));
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == option && i + 1 < words.size()) {
      given.push_back(words[i + 1]);
    } else if (words[i].starts_with(option + '=')) {
      given.push_back(words[i].substr(option.size() + 1));
    }
  }
  return given;
}

/// The program is the entrypoint and the command behind it, which podman 4 tells as one text.
void Reader::read_program() {
  created_.command = texts(member(config_, "Cmd"));
  const json::value& entrypoint = member(config_, "Entrypoint");
  if (!entrypoint.is_string()) {
    created_.entrypoint = texts(entrypoint);
    return;
  }
  std::vector<std::string> program{text(member(container_, "Path"))};
  const std::vector<std::string> arguments = texts(member(container_, "Args"));
  program.insert(program.end(), arguments.begin(), arguments.end());
  if (text(entrypoint).empty() || program.size() < created_.command.size()) return;
  program.resize(program.size() - created_.command.size());
  created_.entrypoint = std::move(program);
}

void Reader::read_variables() {
  const std::string hostname = "HOSTNAME=" + text(member(config_, "Hostname"));
  for (std::string& variable : texts(member(config_, "Env"))) {
    // Podman's own, which it gives to each container.
    const bool is_podmans = variable == "container=podman" || variable == "TERM=xterm" ||
                            variable == "HOME=/root" || variable == hostname;
    if (is_podman_ && is_podmans) continue;
    if (variable.find('=') != std::string::npos) created_.variables.push_back(std::move(variable));
  }
}

void Reader::read_namespaces() {
  const auto mode = [this](const char* key) {
    std::string word = text(member(host_, key));
    const bool is_own = word == "private" || word == "shareable";
    return is_own ? std::string() : word;
  };
  created_.pid_mode = mode("PidMode");
  created_.ipc_mode = mode("IpcMode");
  created_.uts_mode = mode("UTSMode");
  created_.userns_mode = mode("UsernsMode");
}

void Reader::read_network() {
  std::string mode = text(member(host_, "NetworkMode"));
  std::vector<std::string> names;
  each_member(member(member(container_, "NetworkSettings"), "Networks"),
              [&names](std::string name, const json::value&) { names.push_back(std::move(name)); });
  constexpr std::array<std::string_view, 6> kDefaults{"",       "default",     "bridge",
                                                      "podman", "slirp4netns", "pasta"};
  const auto is_default = [&kDefaults](const std::string& name) {
    return std::ranges::find(kDefaults, name) != kDefaults.end();
  };
  std::erase_if(names, is_default);
  if (is_default(mode)) {
    // Podman has its networks of any name here alone.
    mode = is_podman_ && !names.empty() ? names.front() : "";
  }
  if (!shares_network(mode)) {
    std::erase(names, mode);
    created_.further_networks = std::move(names);
  }
  created_.network = std::move(mode);
}

/// Both engines name a container after its id where nobody else does.
void Reader::read_hostname() {
  constexpr std::size_t kDigits = 12;
  const std::string hostname = text(member(config_, "Hostname"));
  const bool is_by_hand = !hostname.empty() && hostname != created_.self.id.substr(0, kDigits);
  if (!is_by_hand || shares_network(created_.network) || created_.uts_mode == "host") return;
  add("--hostname", hostname);
  const std::string domain = text(member(config_, "Domainname"));
  if (!domain.empty()) add_own("--domainname=" + domain);
}

bool is_anonymous(const std::string& volume) {
  constexpr std::size_t kDigits = 64;
  return volume.size() == kDigits &&
         volume.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void Reader::read_mounts() {
  each_element(member(container_, "Mounts"), [this](const json::value& mount) {
    const std::string kind = text(member(mount, "Type"));
    Volume volume;
    volume.target = text(member(mount, "Destination"));
    volume.read_only = !flag(member(mount, "RW"));
    std::vector<std::string> options;
    if (volume.read_only) options.emplace_back("ro");
    if (kind == "bind") {
      volume.kind = Volume::Kind::kBind;
      volume.source = text(member(mount, "Source"));
      for (const std::string& word : split(text(member(mount, "Mode")), ',')) {
        if (word == "z" || word == "Z") options.push_back(word);
      }
      const std::string propagation = text(member(mount, "Propagation"));
      if (propagation.find("shared") != std::string::npos ||
          propagation.find("slave") != std::string::npos) {
        options.push_back(propagation);
      }
    } else if (kind == "volume") {
      volume.source = text(member(mount, "Name"));
      volume.kind = is_anonymous(volume.source) ? Volume::Kind::kAnonymous : Volume::Kind::kNamed;
      if (volume.kind == Volume::Kind::kAnonymous) volume.source.clear();
    } else {
      return;
    }
    // An anonymous one that cannot be written to is no volume that an option makes.
    if (volume.kind != Volume::Kind::kAnonymous) volume.options = joined(options, ",");
    created_.volumes.push_back(std::move(volume));
  });
}

void Reader::read_tmpfs() {
  each_member(member(host_, "Tmpfs"), [this](const std::string& target, const json::value& value) {
    std::vector<std::string> options = split(text(value), ',');
    std::erase(options, "");
    if (is_podman_) {
      std::erase_if(options, [](const std::string& word) {
        constexpr std::array<std::string_view, 5> kPodmans{"rw", "rprivate", "nosuid", "nodev",
                                                           "tmpcopyup"};
        return std::ranges::find(kPodmans, word) != kPodmans.end();
      });
      // Of a read-only root file system.
      const bool is_podmans = target == "/run" || target == "/tmp" || target == "/var/tmp";
      if (is_podmans && options.empty() && flag(member(host_, "ReadonlyRootfs"))) return;
    }
    add("--tmpfs", options.empty() ? target : target + ':' + joined(options, ","));
  });
  each_element(member(host_, "Mounts"), [this](const json::value& mount) {
    if (text(member(mount, "Type")) != "tmpfs") return;
    const json::value& given = member(mount, "TmpfsOptions");
    std::vector<std::string> options;
    if (const std::int64_t size = number(member(given, "SizeBytes")); size > 0) {
      options.push_back("size=" + std::to_string(size));
    }
    if (const std::int64_t mode = number(member(given, "Mode")); mode > 0) {
      constexpr int kOctal = 8;
      std::array<char, 24> digits{};
      const auto [end, error] =
          std::to_chars(digits.data(), digits.data() + digits.size(), mode, kOctal);
      options.push_back("mode=" + std::string(digits.data(), end));
    }
    const std::string target = text(member(mount, "Target"));
    add("--tmpfs", options.empty() ? target : target + ':' + joined(options, ","));
  });
}

void Reader::read_ports() {
  each_member(member(host_, "PortBindings"), [this](std::string port, const json::value& bindings) {
    constexpr std::string_view kTcp = "/tcp";
    if (port.ends_with(kTcp)) port.resize(port.size() - kTcp.size());
    each_element(bindings, [&](const json::value& binding) {
      std::string address = text(member(binding, "HostIp"));
      if (address == "0.0.0.0" || address == "::") address.clear();
      if (address.find(':') != std::string::npos) address = '[' + address + ']';
      const EngineOption publish{.name = "--publish",
                                 .value = address.empty() ? port : address + "::" + port};
      // Once for all addresses of one version and once for those of the other is once.
      if (std::ranges::find(created_.options, publish) == created_.options.end()) {
        created_.options.push_back(publish);
      }
    });
  });
  if (flag(member(host_, "PublishAllPorts")) || is_annotated("publish-all")) {
    add_own("--publish-all");
  }
}

void Reader::read_sysctls() {
  each_member(member(host_, "Sysctls"), [this](const std::string& name, const json::value& value) {
    add("--sysctl", name + '=' + text(value));
  });
  // Podman tells them nowhere else.
  for (const std::string& setting : words_given_to("--sysctl")) {
    add("--sysctl", setting);
  }
}

/// Podman tells the limits that it sets for each container as those that were given.
bool Reader::is_podmans_limit(const std::string& name, std::int64_t soft, std::int64_t hard) const {
  if (!is_podman_) return false;
  if (!texts(member(config_, "CreateCommand")).empty()) {
    return std::ranges::none_of(words_given_to("--ulimit"), [&name](const std::string& limit) {
      return split_at(limit, '=').first == name;
    });
  }
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kLimits{
      {{"nofile", 1'048'576}, {"nproc", 32'768}, {"nproc", 1'048'576}, {"nproc", 4'194'304}}};
  return soft == hard &&
         std::ranges::find(kLimits, std::pair(std::string_view(name), soft)) != kLimits.end();
}

void Reader::read_limits() {
  each_element(member(host_, "Ulimits"), [this](const json::value& limit) {
    std::string name = text(member(limit, "Name"));
    constexpr std::string_view kPrefix = "RLIMIT_";
    if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
    std::ranges::transform(name, name.begin(), [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    const std::int64_t soft = number(member(limit, "Soft"));
    const std::int64_t hard = number(member(limit, "Hard"));
    if (is_podmans_limit(name, soft, hard)) return;
    add("--ulimit", name + '=' + std::to_string(soft) + ':' + std::to_string(hard));
  });
  const std::int64_t memory = number(member(host_, "Memory"));
  if (memory > 0) add("--memory", std::to_string(memory));
  const std::int64_t swap = number(member(host_, "MemorySwap"));
  if (swap != 0 && swap != 2 * memory) add_own("--memory-swap=" + std::to_string(swap));
  constexpr std::int64_t kOfOne = 1'000'000'000;
  constexpr std::int64_t kOfThousandth = 1'000'000;
  if (const std::int64_t nano = number(member(host_, "NanoCpus")); nano >= kOfThousandth) {
    const std::string rest = std::to_string(kOfOne + nano % kOfOne).substr(1, 3);
    add_own("--cpus=" + std::to_string(nano / kOfOne) + '.' + rest);
  }
  constexpr std::int64_t kPodmansProcesses = 2048;
  const std::int64_t processes = number(member(host_, "PidsLimit"));
  if (processes > 0 && !(is_podman_ && processes == kPodmansProcesses)) {
    add("--pids-limit", std::to_string(processes));
  }
  constexpr std::int64_t kDockersShared = 67'108'864;
  constexpr std::int64_t kPodmansShared = 65'536'000;
  const std::int64_t shared = number(member(host_, "ShmSize"));
  if (shared > 0 && shared != (is_podman_ ? kPodmansShared : kDockersShared)) {
    add("--shm-size", std::to_string(shared));
  }
}

void Reader::read_devices() {
  each_element(member(host_, "Devices"), [this](const json::value& device) {
    const std::string permissions = text(member(device, "CgroupPermissions"));
    const std::string source = text(member(device, "PathOnHost"));
    const std::string target = text(member(device, "PathInContainer"));
    const bool is_plain = permissions.empty() || permissions == "rwm";
    add("--device", source + (source == target && is_plain ? "" : ':' + target) +
                        (is_plain ? "" : ':' + permissions));
  });
  const json::array* const requests = member(host_, "DeviceRequests").if_array();
  created_.has_device_requests = requests != nullptr && !requests->empty();
}

void Reader::read_security() {
  created_.privileged = flag(member(host_, "Privileged"));
  created_.added = texts(member(host_, "CapAdd"));
  for (const std::string& option : texts(member(host_, "SecurityOpt"))) {
    // What --privileged adds by itself.
    if (created_.privileged && option == "label=disable") continue;
    constexpr std::string_view kDocument = "seccomp={";
    if (option.starts_with(kDocument)) {
      created_.seccomp_document = option.substr(kDocument.size() - 1);
    } else {
      add("--security-opt", option);
    }
  }
  if (flag(member(host_, "ReadonlyRootfs"))) add_own("--read-only");
}

void Reader::read_others() {
  for (const std::string& line : texts(member(host_, "ExtraHosts"))) {
    add("--add-host", line);
  }
  add_each_own("--group-add", member(host_, "GroupAdd"));
  add_each_own("--dns", member(host_, "Dns"));
  add_each_own("--dns-search", member(host_, "DnsSearch"));
  add_each_own("--dns-option", member(host_, "DnsOptions"));
  // "/NAME:/CONTAINER/ALIAS"
  for (const std::string& link : texts(member(host_, "Links"))) {
    const auto [other, alias] = split_at(link, ':');
    const std::size_t name = other.starts_with('/') ? 1 : 0;
    add_own("--link=" + other.substr(name) + ':' + alias.substr(alias.rfind('/') + 1));
  }
  if (flag(member(host_, "Init")) || is_annotated("init")) add_own("--init");
  if (flag(member(config_, "Tty"))) add_own("--tty");
  constexpr std::array<std::string_view, 5> kUsual{"", "oci", "runc", "crun",
                                                   "io.containerd.runc.v2"};
  const std::string runtime = text(member(host_, "Runtime"));
  if (std::ranges::find(kUsual, runtime) == kUsual.end()) add_own("--runtime=" + runtime);
}

CreatedContainer Reader::read() {
  const json::value& state = member(container_, "State");
  created_.running = flag(member(state, "Running"));
  created_.pid = static_cast<int>(number(member(state, "Pid")));
  created_.image_name =
      text(is_podman_ ? member(container_, "ImageName") : member(config_, "Image"));
  created_.user = text(member(config_, "User"));
  created_.working_directory = text(member(config_, "WorkingDir"));
  // Podman's is a number.
  created_.stop_signal = text(member(config_, "StopSignal"));
  created_.healthcheck = healthcheck_of(container_);
  read_program();
  read_variables();
  read_namespaces();
  read_network();
  read_hostname();
  read_mounts();
  read_tmpfs();
  read_ports();
  read_sysctls();
  read_limits();
  read_devices();
  read_security();
  read_others();
  return std::move(created_);
}

}  // namespace

CreatedContainer parse_created_container(std::string_view inspect_json) {
  const json::value container = first_inspected(inspect_json, "container inspect");
  if (!member(container, "State").is_object()) {
    throw Error(ExitCode::kEngine, "the engine does not tell the container's state");
  }
  LabelledObject self = parse_labelled_container(inspect_json);
  self.image = image_id(self.image);
  return Reader(container, std::move(self)).read();
}

}  // namespace capmin
