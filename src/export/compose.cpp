#include "export/writers.h"
#include "yaml/plain_scalar.h"
#include "yaml/quote.h"

namespace capmin {
namespace {

/// A text of a service: Compose replaces $NAME and ${NAME} in it, "$$" is a dollar.
std::string service_text(const std::string& text) {
  std::string doubled;
  for (const char letter : text) {
    doubled += letter == '$' ? "$$" : std::string(1, letter);
  }
  return quote(doubled, QuoteFormat::kYaml);
}

}  // namespace

std::string yaml_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + quote(name, QuoteFormat::kYaml);
  }
  return '[' + list + ']';
}

std::string yaml_name(const std::string& name) {
  return is_plain_text(name) ? name : quote(name, QuoteFormat::kYaml);
}

std::string write_compose(const ExportContent& content) {
  std::string text = comments(content);
  text += "services:\n  " + yaml_name(content.name) + ":\n";
  text += "    image: " + service_text(content.profile.image.reference) + '\n';
  const std::vector<std::string> dropped = content.change.dropped();
  const std::vector<std::string> added = content.change.added();
  if (!dropped.empty()) text += "    cap_drop: " + yaml_names(dropped) + '\n';
  if (!added.empty()) text += "    cap_add: " + yaml_names(added) + '\n';
  text += "    x-capmin:\n";
  for (const ProvenanceFact& fact : provenance(content)) {
    text += "      " + fact.key + ": " + service_text(fact.value) + '\n';
  }
  return text;
}

}  // namespace capmin
