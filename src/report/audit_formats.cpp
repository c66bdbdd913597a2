#include "document/document.h"
#include "report/audit.h"
#include "report/sarif_document.h"
#include "text/markup.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::array<Risk, 3> kWorstFirst{Risk::kHigh, Risk::kMedium, Risk::kLow};

bool has(const AuditEntry& entry, AuditGround ground) {
  return std::ranges::find(entry.grounds, ground) != entry.grounds.end();
}

/// What of `entry` is more than is known to be needed, and worth a remark.
CapabilitySet unneeded(const AuditEntry& entry) {
  return entry.match ? entry.surplus : entry.dangerous;
}

/// How the container runs, where that is worth a remark.
std::vector<std::string> manners(const AuditedContainer& container) {
  std::vector<std::string> words;
  if (container.privileged) words.emplace_back("privileged");
  if (container.root) words.emplace_back("as root");
  if (!container.no_new_privileges) words.emplace_back("without no-new-privileges");
  if (container.host_pid) words.emplace_back("in the host's pid namespace");
  if (container.host_network) words.emplace_back("in the host's network");
  return words;
}

std::string_view match_text(ImageMatch match) {
  switch (match) {
    case ImageMatch::kId:
      return "the same image";
    case ImageMatch::kDigest:
      return "an image of the same digest";
    case ImageMatch::kReference:
      return "another image of the same name";
  }
  return {};
}

std::string place_of(const AuditedContainer& container) {
  if (container.project.empty()) return {};
  return "  " + shown(container.project) +
         (container.service.empty() ? "" : '/' + shown(container.service));
}

std::size_t count(const Audit& audit, AuditGround ground) {
  return static_cast<std::size_t>(std::ranges::count_if(
      audit.entries, [ground](const AuditEntry& entry) { return has(entry, ground); }));
}

/// All of it in one line.
std::string totals(const Audit& audit) {
  if (audit.entries.empty()) return "no container to audit";
  std::string text = counted(audit.entries.size(), "container") + ": " +
                     std::to_string(count(audit, AuditGround::kSurplus)) +
                     " with more than the profile says, " +
                     std::to_string(count(audit, AuditGround::kRisk)) + " at high risk, " +
                     std::to_string(count(audit, AuditGround::kUnknown)) + " without a profile";
  return text;
}

std::string entry_text(const AuditEntry& entry) {
  const AuditedContainer& container = entry.container;
  Columns columns;
  if (entry.match) {
    columns.add("profile", "",
                shown(entry.profile) + ", of " + std::string(match_text(*entry.match)));
  } else {
    columns.add("profile", "", "none of this image");
  }
  columns.add("holds", "", to_string(container.held));
  const CapabilitySet more = unneeded(entry);
  const char* label = "surplus";
  for (const Risk risk : kWorstFirst) {
    const CapabilitySet part = of_risk(risk, more);
    if (part.empty()) continue;
    columns.add(label, std::string(name_of(risk)), to_string(part));
    label = "";
  }
  if (!entry.lacking.empty()) columns.add("lacks", "", to_string(entry.lacking));
  if (const auto words = manners(container); !words.empty()) {
    columns.add("runs", "", joined(words, ", "));
  }
  return shown(container.name) + "  " + shown(container.image) + place_of(container) + '\n' +
         columns.to_string(kWidth);
}

DocumentNode names(CapabilitySet set) {
  DocumentList list{Layout::kFlow, {}};
  for (const std::string_view name : set.names()) {
    list.items.push_back(text_node(name));
  }
  return {std::move(list)};
}

DocumentNode rated(CapabilitySet set) {
  DocumentList list;
  for (const std::string_view name : set.names()) {
    DocumentMap map{Layout::kFlow, {}};
    map.set("name", text_node(name));
    map.set("risk", text_node(name_of(info(*capability_named(name)).risk)));
    list.items.push_back({std::move(map)});
  }
  return {std::move(list)};
}

DocumentNode entry_node(const AuditEntry& entry) {
  const AuditedContainer& container = entry.container;
  DocumentList grounds{Layout::kFlow, {}};
  for (const AuditGround ground : entry.grounds) {
    grounds.items.push_back(text_node(word_of(kAuditGrounds, ground)));
  }
  DocumentMap map;
  map.set("name", text_node(container.name));
  map.set("id", text_node(container.id));
  map.set("image", text_node(container.image));
  map.set("image_id", text_node(container.image_id));
  if (!container.image_digest.empty()) map.set("digest", text_node(container.image_digest));
  if (!container.project.empty()) map.set("project", text_node(container.project));
  if (!container.service.empty()) map.set("service", text_node(container.service));
  if (entry.match) {
    map.set("profile", text_node(entry.profile));
    map.set("match", text_node(word_of(kImageMatches, *entry.match)));
    map.set("needs", names(entry.needed));
  }
  map.set("holds", names(container.held));
  map.set("effective", names(container.effective));
  map.set("surplus", rated(entry.surplus));
  map.set("lacks", names(entry.lacking));
  map.set("dangerous", names(entry.dangerous));
  map.set("privileged", {container.privileged});
  map.set("root", {container.root});
  map.set("no_new_privileges", {container.no_new_privileges});
  map.set("host_pid", {container.host_pid});
  map.set("host_network", {container.host_network});
  map.set("grounds", {std::move(grounds)});
  return {std::move(map)};
}

std::string names_text(CapabilitySet set) {
  return set.empty() ? "none" : '`' + to_string(set) + '`';
}

std::string surplus_cell(const AuditEntry& entry) {
  std::string text;
  for (const Risk risk : kWorstFirst) {
    const CapabilitySet part = of_risk(risk, unneeded(entry));
    if (part.empty()) continue;
    text += (text.empty() ? "" : "; ") + std::string(name_of(risk)) + ": " + names_text(part);
  }
  return text.empty() ? "none" : text;
}

std::string row(const AuditEntry& entry) {
  const AuditedContainer& container = entry.container;
  return "| " + code_span(container.name) + " | " + code_span(container.image) + " | " +
         (entry.match ? code_span(entry.profile) + ' ' + std::string(match_text(*entry.match))
                      : std::string("none")) +
         " | " + surplus_cell(entry) + " | " + names_text(entry.lacking) + " | " +
         joined(manners(container), ", ") + " |\n";
}

std::string_view level_of(Risk risk) {
  switch (risk) {
    case Risk::kLow:
      return "note";
    case Risk::kMedium:
      return "warning";
    case Risk::kHigh:
      return "error";
  }
  return "error";
}

/// Adds results about one container.
class Results {
 public:
  Results(const AuditEntry& entry, SarifDocument& document) : entry_(entry), document_(document) {}

  void add(const std::string& rule, std::string_view level, const std::string& what,
           const SarifRule& says) {
    const AuditedContainer& container = entry_.container;
    document_.add(
        {.rule = rule,
         .level = level,
         .text = "The container " + container.name + " of " + container.image + ' ' + what,
         // Viewers want a file; where there is no profile, the container stands for one.
         .path = entry_.match ? entry_.profile : "containers/" + container.name,
         .line = entry_.line,
         .fingerprint = container.image + '#' + container.name + '#' + rule},
        says);
  }

 private:
  const AuditEntry& entry_;
  SarifDocument& document_;
};

void add_surplus(const AuditEntry& entry, Results& results) {
  for (const Capability member : unneeded(entry).members()) {
    const CapabilityInfo& known = info(member);
    const std::string name(known.name);
    results.add("surplus-" + name, level_of(known.risk),
                "holds " + name + ", which " +
                    (entry.match ? "its profile does not say" : "no profile says") +
                    " it needs. It lets an attacker inside " + std::string(known.permits) + " (" +
                    std::string(name_of(known.risk)) + " risk).",
                {"A container holds " + name + " and is not known to need it",
                 "A process that holds it may " + std::string(known.permits) + '.'});
  }
}

void add_results(const AuditEntry& entry, SarifDocument& document) {
  const AuditedContainer& container = entry.container;
  Results results(entry, document);
  if (container.privileged) {
    results.add("privileged", "error",
                "runs privileged: it holds every capability and reaches the host's devices.",
                {"A container runs privileged", "Root inside such a container is root outside."});
  } else {
    add_surplus(entry, results);
  }
  if (!entry.lacking.empty()) {
    results.add("lacking", "warning",
                "lacks " + to_string(entry.lacking) + ", which its profile says it needs.",
                {"A container lacks what its profile says it needs",
                 "It may work still, or fail where the probe of the profile looked."});
  }
  if (!entry.match) {
    results.add("unknown", "note", "is of an image that no profile is of.",
                {"There is no profile of an image", "capmin run finds and proves one."});
  }
  if (container.host_pid) {
    results.add("host-pid", "warning", "runs in the host's pid namespace.",
                {"A container runs in the host's pid namespace",
                 "It sees all processes of the host, and with KILL or SYS_PTRACE reaches them."});
  }
  if (container.host_network) {
    results.add("host-network", "warning", "runs in the host's network namespace.",
                {"A container runs in the host's network namespace",
                 "Its capabilities for the network are those for the host's."});
  }
  if (container.root) {
    results.add("root", "note", "runs as root.",
                {"A container runs as root",
                 "Its first process is user 0 of the host, and has what the container holds."});
  }
  if (!container.no_new_privileges) {
    results.add("new-privileges", "note", "runs without no-new-privileges.",
                {"A container runs without no-new-privileges",
                 "Its programs may gain privileges by the bits and capabilities of files."});
  }
}

}  // namespace

std::string to_text(const Audit& audit) {
  std::string text;
  for (const AuditEntry& entry : audit.entries) {
    text += entry_text(entry) + '\n';
  }
  return text + totals(audit) + '\n';
}

std::string to_json(const Audit& audit) {
  DocumentList containers;
  for (const AuditEntry& entry : audit.entries) {
    containers.items.push_back(entry_node(entry));
  }
  DocumentMap document;
  document.set("kind", text_node("Audit"));
  document.set("containers", {std::move(containers)});
  document.set("left_out", text_list(audit.left_out));
  return emit_json(document);
}

std::string to_markdown(const Audit& audit) {
  std::string text = "# Running containers\n\n" + totals(audit) + ".\n";
  if (audit.entries.empty()) return text;
  text += "\n| container | image | profile | surplus | lacks | runs |\n|---|---|---|---|---|---|\n";
  for (const AuditEntry& entry : audit.entries) {
    text += row(entry);
  }
  return text;
}

std::string to_sarif(const Audit& audit) {
  SarifDocument document;
  for (const AuditEntry& entry : audit.entries) {
    add_results(entry, document);
  }
  return document.json();
}

}  // namespace capmin
