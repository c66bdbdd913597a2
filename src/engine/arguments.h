#pragma once

#include "engine/container_spec.h"

#include <string>
#include <utility>
#include <vector>

namespace capmin {

/// The settings that Ports::kPortable asks for: docker opens both inside its networks, the kernel,
/// podman and CRI-O do not (FACTS: net.ipv4.ip_unprivileged_port_start is 0 under docker 20.10,
/// 1024 elsewhere; net.ipv4.ping_group_range likewise). Empty where they cannot be set: runc
/// refuses them in the host's network namespace, and a shared namespace belongs to another
/// container.
std::vector<std::pair<std::string, std::string>> trial_sysctls(const ContainerSpec& spec);

/// The arguments of the engine's create command for one trial: everything dropped, the grant added.
std::vector<std::string> create_arguments(const ContainerSpec& spec, const TrialIdentity& identity);

/// A file of this machine that the engine's client reads whenever it creates a container.
struct FileOption {
  std::string name;  ///< of the option, with its dashes
  std::string path;  ///< as the client takes it
};

/// The files of --env-file, --security-opt seccomp=FILE and --engine-arg --label-file=FILE.
std::vector<FileOption> file_options(const ContainerSpec& spec);

/// Takes the host's ports out of the --publish options of `spec`, so that the engine chooses free
/// ones and trials can run side by side.
void free_host_ports(ContainerSpec& spec);
/// Whether it publishes a port as one of the host's that its options name, so that no second
/// container can run beside it.
bool takes_host_port(const ContainerSpec& spec);

/// The container's port, as "80/tcp", that an option of `spec` publishes as this one of the host;
/// nothing where none does.
std::optional<std::string> container_port_behind(const ContainerSpec& spec,
                                                 unsigned short host_port);

}  // namespace capmin
