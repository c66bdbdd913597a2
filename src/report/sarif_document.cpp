#include "report/sarif_document.h"

#include "text/sanitize.h"

namespace capmin {
namespace {

/// Viewers take messages for plain text; some show control characters as they are.
DocumentNode message(std::string_view untrusted) {
  DocumentMap map;
  map.set("text", text_node(visible(untrusted)));
  return {std::move(map)};
}

DocumentNode rule_node(const std::string& id, std::string_view level, const SarifRule& rule) {
  DocumentMap configuration;
  configuration.set("level", text_node(level));
  DocumentMap map;
  map.set("id", text_node(id));
  map.set("shortDescription", message(rule.title));
  map.set("fullDescription", message(rule.description));
  map.set("defaultConfiguration", {std::move(configuration)});
  return {std::move(map)};
}

DocumentNode location_node(const std::string& path, int line) {
  DocumentMap artifact;
  artifact.set("uri", text_node(uri_of(path)));
  DocumentMap region;
  region.set("startLine", {line});
  DocumentMap physical;
  physical.set("artifactLocation", {std::move(artifact)});
  physical.set("region", {std::move(region)});
  DocumentMap location;
  location.set("physicalLocation", {std::move(physical)});
  return {std::move(location)};
}

DocumentNode result_node(const SarifResult& result, int rule) {
  // The same need in another line of the file is the same result.
  DocumentMap fingerprints;
  fingerprints.set("capmin/v1", text_node(visible(result.fingerprint)));
  DocumentMap map;
  map.set("ruleId", text_node(result.rule));
  map.set("ruleIndex", {rule});
  map.set("level", text_node(result.level));
  map.set("message", message(result.text));
  map.set("locations", {DocumentList{Layout::kBlock, {location_node(result.path, result.line)}}});
  map.set("partialFingerprints", {std::move(fingerprints)});
  return {std::move(map)};
}

}  // namespace

void SarifDocument::add(const SarifResult& result, const SarifRule& rule) {
  const auto [known, is_new] = known_.emplace(result.rule, static_cast<int>(known_.size()));
  if (is_new) rules_.items.push_back(rule_node(result.rule, result.level, rule));
  results_.items.push_back(result_node(result, known->second));
}

std::string SarifDocument::json() const {
  DocumentMap driver;
  driver.set("name", text_node("capmin"));
  driver.set("version", text_node(CAPMIN_VERSION));
  driver.set("rules", {rules_});
  DocumentMap tool;
  tool.set("driver", {std::move(driver)});
  DocumentMap run;
  run.set("tool", {std::move(tool)});
  run.set("columnKind", text_node("unicodeCodePoints"));
  run.set("results", {results_});
  DocumentMap document;
  document.set("$schema", text_node("https://json.schemastore.org/sarif-2.1.0.json"));
  document.set("version", text_node("2.1.0"));
  document.set("runs", {DocumentList{Layout::kBlock, {{std::move(run)}}}});
  return emit_json(document);
}

std::string uri_of(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~/";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char letter : path) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') ||
                          kPlain.find(letter) != std::string_view::npos;
    if (is_plain) {
      uri += letter;
    } else {
      const auto byte = static_cast<unsigned char>(letter);
      uri += '%';
      uri += kDigits[byte >> 4U];
      uri += kDigits[byte & 15U];
    }
  }
  return uri;
}

}  // namespace capmin
