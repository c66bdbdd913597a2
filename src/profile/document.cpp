#include "profile/document.h"

#include <algorithm>
#include <compare>
#include <utility>

namespace capmin {
namespace {

DocumentNode text(std::string_view value) {
  return {std::string(value)};
}

DocumentNode names(CapabilitySet set) {
  DocumentList list{Layout::kFlow, {}};
  for (const std::string_view name : set.names()) {
    list.items.push_back(text(name));
  }
  return {std::move(list)};
}

DocumentNode texts(const std::vector<std::string>& values, Layout layout) {
  DocumentList list{layout, {}};
  for (const std::string& value : values) {
    list.items.push_back(text(value));
  }
  return {std::move(list)};
}

template <typename Entry, typename Convert>
DocumentNode list_of(const std::vector<Entry>& entries, Layout layout, Convert convert) {
  DocumentList list{layout, {}};
  for (const Entry& entry : entries) {
    list.items.push_back(convert(entry));
  }
  return {std::move(list)};
}

template <typename Entry, typename Convert>
DocumentNode block_list(const std::vector<Entry>& entries, Convert convert) {
  return list_of(entries, Layout::kBlock, convert);
}

void set_text(DocumentMap& map, std::string key, const std::string& value) {
  if (!value.empty()) map.set(std::move(key), text(value));
}

DocumentNode image_node(const Profile::Image& image) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("reference", text(image.reference));
  set_text(map, "digest", image.digest);
  map.set("id", text(image.id));
  map.set("platform", text(image.platform));
  map.set("user", text(image.user));
  return {std::move(map)};
}

DocumentNode conditional_node(const Profile::Conditional& conditional) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("name", text(name_of(conditional.name)));
  map.set("when", text(conditional.when));
  return {std::move(map)};
}

DocumentNode capabilities_node(const Profile& profile) {
  DocumentMap map;
  map.set("drop", texts({"ALL"}, Layout::kFlow));
  map.set("add", names(profile.add));
  map.set("conditional", block_list(profile.conditional, conditional_node));
  return {std::move(map)};
}

DocumentNode attempt_node(const Profile::Attempt& attempt) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("trial", {attempt.trial});
  map.set("grant", names(attempt.grant));
  if (attempt.without) map.set("without", text(name_of(*attempt.without)));
  map.set("times", {attempt.times});
  if (attempt.exit) map.set("exit", {*attempt.exit});
  set_text(map, "ending", attempt.ending);
  return {std::move(map)};
}

DocumentNode proof_node(const Profile& profile) {
  DocumentMap map;
  map.set("guarantee", text(profile.guarantee));
  map.set("passed", block_list(profile.passed, attempt_node));
  map.set("failed", block_list(profile.failed, attempt_node));
  set_text(map, "assumption", profile.assumption);
  map.set("essential", block_list(profile.essential, attempt_node));
  map.set("cuts", block_list(profile.cuts, attempt_node));
  map.set("alternatives", block_list(profile.alternatives, attempt_node));
  if (profile.other_pass) map.set("other", attempt_node(*profile.other_pass));
  return {std::move(map)};
}

/// Appends what a check says.
void set_check(DocumentMap& map, const std::string& call, const std::string& process) {
  set_text(map, "call", call);
  map.set("process", text(process));
}

DocumentNode check_node(const Profile::Check& check) {
  DocumentMap map{Layout::kFlow, {}};
  set_check(map, check.call, check.process);
  map.set("result", text(name_of(check.result)));
  return {std::move(map)};
}

DocumentNode count_node(const Profile::Count& count) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("name", text(name_of(count.name)));
  map.set("trial", {count.trial});
  set_check(map, count.check.call, count.check.process);
  map.set("result", text(name_of(count.check.result)));
  map.set("count", {count.count});
  return {std::move(map)};
}

DocumentNode unneeded_node(const Profile::Unneeded& unneeded) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("name", text(name_of(unneeded.name)));
  set_check(map, unneeded.call, unneeded.process);
  map.set("count", {unneeded.count});
  if (unneeded.result) map.set("result", text(name_of(*unneeded.result)));
  return {std::move(map)};
}

DocumentNode reason_node(const Profile::Reason& reason) {
  DocumentMap map;
  map.set("name", text(name_of(reason.name)));
  map.set("risk", text(name_of(info(reason.name).risk)));
  set_text(map, "rule", reason.rule);
  set_text(map, "line", reason.line);
  set_text(map, "advice", reason.advice);
  if (!reason.checks.empty()) map.set("checks", block_list(reason.checks, check_node));
  return {std::move(map)};
}

DocumentNode probe_node(const Profile::Probe& probe) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("kind", text(probe.kind));
  set_text(map, "path", probe.path);
  set_text(map, "sha256", probe.sha256);
  map.set("scenario", texts(probe.scenario, Layout::kFlow));
  return {std::move(map)};
}

DocumentNode reset_node(const Profile::Reset& reset) {
  DocumentMap map;
  map.set("path", text(reset.path));
  map.set("sha256", text(reset.sha256));
  return {std::move(map)};
}

DocumentNode environment_node(const Profile::Environment& environment) {
  DocumentMap sysctls{Layout::kFlow, {}};
  for (const auto& [name, value] : environment.sysctls) {
    sysctls.set(name, text(value));
  }
  // An entry to a line: this is where two profiles of one image differ, and reviewers read diffs.
  DocumentMap map;
  map.set("engine", text(environment.engine));
  map.set("version", text(environment.version));
  map.set("runtime", text(environment.runtime));
  map.set("kernel", text(environment.kernel));
  map.set("seccomp", text(environment.seccomp));
  map.set("rootless", {environment.rootless});
  if (environment.userns_remap) map.set("userns_remap", {*environment.userns_remap});
  map.set("network", text(environment.network));
  map.set("ports", text(environment.ports));
  map.set("sysctls", {std::move(sysctls)});
  map.set("options", texts(environment.options, Layout::kFlow));
  map.set("command", texts(environment.command, Layout::kFlow));
  if (!environment.altered.empty()) {
    map.set("altered", texts(environment.altered, Layout::kFlow));
  }
  return {std::move(map)};
}

DocumentNode judgement_node(const Profile::Judgement& judgement) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("ceiling", names(judgement.ceiling));
  map.set("level", text(judgement.level));
  map.set("confirm", {judgement.confirm});
  map.set("strict", {judgement.strict});
  set_text(map, "timeout", judgement.timeout);
  set_text(map, "settle", judgement.settle);
  return {std::move(map)};
}

DocumentNode step_node(const Profile::Step& step) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("trial", {step.trial});
  map.set("purpose", text(step.purpose));
  map.set("grant", names(step.grant));
  map.set("verdict", text(name_of(step.verdict)));
  map.set("times", {step.times});
  return {std::move(map)};
}

DocumentNode run_node(const Profile::Run& run) {
  DocumentMap map{Layout::kFlow, {}};
  map.set("capmin", text(run.capmin));
  map.set("at", text(run.at));
  map.set("trials", {run.trials});
  map.set("floor", {run.floor});
  map.set("seconds", {Seconds{run.seconds}});
  map.set("deadline", {Seconds{run.deadline_seconds}});
  if (!run.checks.empty()) map.set("checks", list_of(run.checks, Layout::kFlow, count_node));
  if (!run.unneeded.empty()) {
    map.set("unneeded", list_of(run.unneeded, Layout::kFlow, unneeded_node));
  }
  return {std::move(map)};
}

template <typename Entry>
bool by_name(const Entry& a, const Entry& b) {
  return name_of(a.name) < name_of(b.name);
}

}  // namespace

void DocumentMap::set(std::string key, DocumentNode value) {
  fields.push_back({std::move(key), std::move(value)});
}

DocumentMap& DocumentMap::map(const std::string& key) {
  const auto found = std::ranges::find(fields, key, &DocumentField::key);
  if (found != fields.end()) return std::get<DocumentMap>(found->value.value);
  set(key, {DocumentMap{}});
  return std::get<DocumentMap>(fields.back().value.value);
}

DocumentList& DocumentMap::list(const std::string& key, Layout shape) {
  const auto found = std::ranges::find(fields, key, &DocumentField::key);
  if (found != fields.end()) return std::get<DocumentList>(found->value.value);
  set(key, {DocumentList{shape, {}}});
  return std::get<DocumentList>(fields.back().value.value);
}

Profile in_order(Profile profile) {
  std::ranges::stable_sort(profile.reasons, by_name<Profile::Reason>);
  std::ranges::sort(profile.conditional, {}, [](const Profile::Conditional& conditional) {
    return std::pair(name_of(conditional.name), conditional.when);
  });
  std::ranges::stable_sort(profile.passed, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.failed, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.essential, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.cuts, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.alternatives, [](const auto& a, const auto& b) {
    return std::is_lt(compare_risk(a.grant, b.grant));
  });
  std::ranges::sort(profile.warnings);
  std::ranges::stable_sort(profile.search, {}, &Profile::Step::trial);
  std::ranges::stable_sort(profile.run.checks, by_name<Profile::Count>);
  std::ranges::stable_sort(profile.run.unneeded, by_name<Profile::Unneeded>);
  return profile;
}

DocumentMap document_of(const Profile& profile) {
  const Profile ordered = in_order(profile);
  DocumentMap document;
  document.set("apiVersion", {Word{"capmin/v1"}});
  document.set("kind", {Word{"CapabilityProfile"}});
  document.set("image", image_node(ordered.image));
  document.set("capabilities", capabilities_node(ordered));
  document.set("proof", proof_node(ordered));
  document.set("reasons", block_list(ordered.reasons, reason_node));
  document.set("warnings", texts(ordered.warnings, Layout::kBlock));
  document.set("probe", probe_node(ordered.probe));
  if (!ordered.reset.path.empty()) document.set("reset", reset_node(ordered.reset));
  document.set("environment", environment_node(ordered.environment));
  if (ordered.judgement) document.set("judgement", judgement_node(*ordered.judgement));
  if (!ordered.search.empty()) document.set("search", block_list(ordered.search, step_node));
  document.set("run", run_node(ordered.run));
  return document;
}

}  // namespace capmin
