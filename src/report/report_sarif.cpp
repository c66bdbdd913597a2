#include "report/report_sarif.h"

#include "profile/document.h"
#include "report/findings.h"
#include "report/visible.h"

#include <map>
#include <utility>

namespace capmin {
namespace {

DocumentNode text(std::string_view value) {
  return {std::string(value)};
}

/// Viewers take messages for plain text; some show control characters as they are.
DocumentNode message(std::string_view untrusted) {
  DocumentMap map;
  map.set("text", text(visible(untrusted)));
  return {std::move(map)};
}

const char* level_of(Finding::Level level) {
  switch (level) {
    case Finding::Level::kNote:
      return "note";
    case Finding::Level::kWarning:
      return "warning";
    case Finding::Level::kError:
      return "error";
  }
  return "error";
}

/// What a rule of SARIF says of itself.
std::pair<std::string, std::string> description_of(const std::string& id) {
  if (id == "verdict")
    return {"The set that an image needs", "What was found and how it is proven."};
  if (id == "warning") return {"A warning of the profile", "What a reviewer should know besides."};
  if (id == "riskier") {
    return {"The set has become riskier",
            "It has more members in the worst tier of risk in which "
            "it differs from the previous profile."};
  }
  const CapabilityInfo& known = info(*capability_named(id));
  return {"The image needs " + id, "A process that holds it may " + std::string(known.permits) +
                                       ". Risk " + risk_text(known.risk) + '.'};
}

DocumentNode rule_node(const std::string& id, Finding::Level level) {
  const auto [title, description] = description_of(id);
  DocumentMap configuration;
  configuration.set("level", text(level_of(level)));
  DocumentMap map;
  map.set("id", text(id));
  map.set("shortDescription", message(title));
  map.set("fullDescription", message(description));
  map.set("defaultConfiguration", {std::move(configuration)});
  return {std::move(map)};
}

DocumentNode location_node(const std::string& path, int line) {
  DocumentMap artifact;
  artifact.set("uri", text(uri_of(path)));
  DocumentMap region;
  region.set("startLine", {line});
  DocumentMap physical;
  physical.set("artifactLocation", {std::move(artifact)});
  physical.set("region", {std::move(region)});
  DocumentMap location;
  location.set("physicalLocation", {std::move(physical)});
  return {std::move(location)};
}

DocumentNode result_node(const Report& report, const Finding& finding, int rule) {
  // The same need in another line of the file is the same result.
  DocumentMap fingerprints;
  fingerprints.set("capmin/v1", text(visible(report.profile.image.reference + '#' + finding.id +
                                             (finding.id == "warning" ? finding.text : ""))));
  DocumentMap map;
  map.set("ruleId", text(finding.id));
  map.set("ruleIndex", {rule});
  map.set("level", text(level_of(finding.level)));
  map.set("message", message(finding.text));
  map.set("locations", {DocumentList{Layout::kBlock, {location_node(report.path, finding.line)}}});
  map.set("partialFingerprints", {std::move(fingerprints)});
  return {std::move(map)};
}

}  // namespace

std::string to_sarif(const std::vector<Report>& reports) {
  DocumentList rules;
  DocumentList results;
  std::map<std::string, int> known;
  for (const Report& report : reports) {
    for (const Finding& finding : findings_of(report)) {
      const auto [rule, is_new] = known.emplace(finding.id, static_cast<int>(known.size()));
      if (is_new) rules.items.push_back(rule_node(finding.id, finding.level));
      results.items.push_back(result_node(report, finding, rule->second));
    }
  }
  DocumentMap driver;
  driver.set("name", text("capmin"));
  driver.set("version", text(CAPMIN_VERSION));
  driver.set("rules", {std::move(rules)});
  DocumentMap tool;
  tool.set("driver", {std::move(driver)});
  DocumentMap run;
  run.set("tool", {std::move(tool)});
  run.set("columnKind", text("unicodeCodePoints"));
  run.set("results", {std::move(results)});
  DocumentMap document;
  document.set("$schema", text("https://json.schemastore.org/sarif-2.1.0.json"));
  document.set("version", text("2.1.0"));
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
