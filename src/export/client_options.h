#pragma once

#include "export/export_content.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// An option of docker run or podman run.
struct ClientOption {
  std::string name;   ///< with its dashes
  std::string value;  ///< where `has_value`; may be empty
  bool has_value = true;
};

/// The two clients, whose options are nearly the same.
enum class Client { kDocker, kPodman };

/// The options with which `client` gives a container the settings of `content`, all but the
/// command. What it does not take is named in the content's warnings.
std::vector<ClientOption> client_options(Client client, ExportContent& content);

}  // namespace capmin
