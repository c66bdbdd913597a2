#include "export/writers.h"
#include "yaml/quote.h"

#include <algorithm>

namespace capmin {
namespace {

/// A quoted text of HCL, where "${" and "%{" begin a template. An escaped sign does not.
std::string hcl_text(const std::string& text) {
  std::string result;
  const std::string quoted = quote(text, QuoteFormat::kYaml);
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const bool opens = i + 1 < quoted.size() && quoted[i + 1] == '{';
    if (opens && quoted[i] == '$') {
      result += "\\u0024";
    } else if (opens && quoted[i] == '%') {
      result += "\\u0025";
    } else {
      result += quoted[i];
    }
  }
  return result;
}

std::string names(std::vector<std::string> names) {
  std::string list;
  for (std::string& name : names) {
    std::ranges::transform(name, name.begin(), [](char letter) {
      return letter == '_' ? letter : static_cast<char>(letter | 0x20);
    });
    list += (list.empty() ? "\"" : ", \"") + name + '"';
  }
  return '[' + list + ']';
}

}  // namespace

std::string write_nomad(const ExportContent& content) {
  const std::vector<std::string> dropped = content.change.dropped();
  const std::vector<std::string> added = content.change.added();
  std::string text = comments(content) + "config {\n";
  text += "  image = " + hcl_text(content.profile.image.reference) + '\n';
  if (!dropped.empty()) text += "  cap_drop = " + names(dropped) + '\n';
  if (!added.empty()) text += "  cap_add = " + names(added) + '\n';
  return text + "}\n";
}

void add_nomad_remarks(ExportContent& content) {
  // allow_caps of the docker driver defaults to Docker's set without NET_RAW.
  const CapabilitySet beyond = content.needed - docker_default_set().without(Capability::kNetRaw);
  if (beyond.empty()) return;
  content.warnings.push_back("Nomad refuses " + to_string(beyond) +
                             " unless allow_caps of its docker plugin names it on the client");
}

}  // namespace capmin
