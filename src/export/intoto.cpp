#include "core/error.h"
#include "document/document.h"
#include "export/writers.h"
#include "profile/profile_yaml.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace capmin {
namespace {

/// The 64 digits behind "sha256:"; nothing where `text` is no such digest.
std::optional<std::string> sha256_of(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const bool valid = text.size() == 64 && std::ranges::all_of(text, [](char digit) {
                       return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
                     });
  return valid ? std::optional(std::string(text)) : std::nullopt;
}

/// A ResourceDescriptor (spec/v1/resource_descriptor.md of in-toto/attestation).
DocumentNode descriptor(const std::string& name, const std::string& digits) {
  DocumentMap digest;
  digest.set("sha256", {digits});
  DocumentMap map;
  map.set("name", {name});
  map.set("digest", {std::move(digest)});
  return {std::move(map)};
}

/// The test that the set works.
std::vector<std::string> passes_of(const Profile& profile) {
  std::vector<std::string> names;
  for (const Profile::Attempt& attempt : in_order(profile).passed) {
    names.push_back("passes with " + to_string(attempt.grant));
  }
  return names;
}

/// The tests that its members are needed.
std::vector<std::string> removals_of(const Profile& profile) {
  std::vector<std::string> names;
  for (const Profile::Attempt& attempt : in_order(profile).failed) {
    if (attempt.without) names.push_back("fails without " + std::string(name_of(*attempt.without)));
  }
  return names;
}

DocumentNode capability_names(CapabilitySet set) {
  DocumentList list;
  for (const std::string_view name : set.names()) {
    list.items.push_back({std::string(name)});
  }
  return {std::move(list)};
}

/// What other consumers ignore: in-toto allows further fields.
DocumentNode own_fields(const ExportContent& content) {
  DocumentMap map;
  map.set("drop", text_list({"ALL"}));
  map.set("add", capability_names(content.profile.add));
  DocumentList conditional;
  for (const Profile::Conditional& each : in_order(content.profile).conditional) {
    DocumentMap entry;
    entry.set("name", {std::string(name_of(each.name))});
    entry.set("when", {each.when});
    conditional.items.push_back({std::move(entry)});
  }
  map.set("conditional", {std::move(conditional)});
  for (const ProvenanceFact& fact : provenance(content)) {
    map.set(fact.key, {fact.value});
  }
  map.set("warnings", text_list(content.warnings));
  return {std::move(map)};
}

}  // namespace

std::string write_intoto(ExportContent& content) {
  const Profile& profile = content.profile;
  const auto digest = sha256_of(profile.image.digest);
  const auto subject = digest ? digest : sha256_of(profile.image.id);
  if (!subject) {
    throw Error(ExitCode::kUsage,
                "the profile names no sha256 digest and no id of its image: a statement needs one",
                "write the profile again: capmin run IMAGE --probe FILE -o PROFILE");
  }
  DocumentList subjects;
  subjects.items.push_back(descriptor(profile.image.reference, *subject));
  DocumentList configuration;
  if (!content.profile_sha256.empty()) {
    configuration.items.push_back(descriptor("capmin profile", content.profile_sha256));
  }
  if (const auto probe = sha256_of("sha256:" + profile.probe.sha256)) {
    configuration.items.push_back(descriptor(profile.probe.path, *probe));
  }
  if (const auto reset = sha256_of("sha256:" + profile.reset.sha256)) {
    configuration.items.push_back(descriptor(profile.reset.path, *reset));
  }
  std::vector<std::string> passed = removals_of(profile);
  std::vector<std::string> warned;
  const std::vector<std::string> passes = passes_of(profile);
  std::vector<std::string>& with_or_without = profile.warnings.empty() ? passed : warned;
  with_or_without.insert(with_or_without.begin(), passes.begin(), passes.end());
  if (!is_complete(profile)) warned.emplace_back("every member is needed");
  DocumentMap predicate;
  predicate.set("result", {std::string(warned.empty() ? "PASSED" : "WARNED")});
  predicate.set("configuration", {std::move(configuration)});
  predicate.set("passedTests", text_list(passed));
  predicate.set("warnedTests", text_list(warned));
  predicate.set("failedTests", text_list({}));
  predicate.set("x-capmin", own_fields(content));
  DocumentMap statement;
  statement.set("_type", {std::string("https://in-toto.io/Statement/v1")});
  statement.set("subject", {std::move(subjects)});
  statement.set("predicateType", {std::string("https://in-toto.io/attestation/test-result/v0.1")});
  statement.set("predicate", {std::move(predicate)});
  return emit_json(statement);
}

}  // namespace capmin
