#include "cli/commands.h"
#include "engine/engine.h"
#include "engine/engine_guardian.h"
#include "engine/inside.h"
#include "options/command_options.h"
#include "run/run_tracer.h"
#include "system/file.h"
#include "system/interruption.h"
#include "system/process_identity.h"
#include "text/sanitize.h"
#include "trace/strace.h"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace capmin {
namespace {

using Facts = std::vector<DoctorFact>;

void add(Facts& facts, const std::string& name, const std::string& text, const std::string& then) {
  facts.push_back({.name = name, .value = {sanitize(text)}, .text = sanitize(text), .then = then});
}

void add_flag(Facts& facts, const std::string& name, bool value, const std::string& then) {
  facts.push_back({.name = name, .value = {value}, .text = value ? "yes" : "no", .then = then});
}

DocumentNode names(CapabilitySet set) {
  DocumentList list{.layout = Layout::kFlow, .items = {}};
  for (const std::string_view name : set.names()) {
    list.items.push_back({std::string(name)});
  }
  return {list};
}

/// The one with the highest number.
std::string last_name(CapabilitySet set) {
  std::string name = "none";
  for (const CapabilityInfo& row : all_capabilities()) {
    if (set.contains(row.capability)) name = name_of(row.capability);
  }
  return name;
}

std::string advice(const std::string& hint) {
  return hint.empty() ? "" : "; " + sanitize(hint);
}

void add_evidence(const std::string& name, const MissingEvidence& missing, const std::string& then,
                  const std::string& otherwise, Facts& facts) {
  const bool is_there = missing.reason.empty();
  add(facts, name, is_there ? "yes" : "no: " + missing.reason,
      is_there ? then : otherwise + advice(missing.hint));
}

void add_route(const EngineRoute& route, Facts& facts) {
  if (route.socket.empty()) {
    add(facts, "calls", "by the client: " + route.reason,
        "each trial starts the client some seven times: slower, and judged alike");
  } else {
    add(facts, "calls", "over " + route.socket,
        "each trial starts the client once, to create its container");
  }
}

void add_engines(const DoctorFindings& findings, Facts& facts) {
  if (!findings.engine) {
    add(facts, "engine", "none: " + findings.fault,
        "capmin run cannot work here" + advice(findings.hint));
    return;
  }
  const EngineFacts& engine = *findings.engine;
  const std::string name(name_of(engine.dialect));
  add(facts, "engine", name + ' ' + engine.version, "capmin run uses it");
  if (!findings.fault.empty()) {
    add(facts, "trouble", findings.fault, "capmin run cannot work here" + advice(findings.hint));
  }
  add(facts, "client", engine.client_version,
      engine.client_version == engine.version ? "the same as the engine's"
                                              : "they use the newest API that both know");
  add_route(findings.route, facts);
  if (findings.other_fault.empty()) {
    add(facts, "other engine", findings.other,
        "works as well: --engine " + findings.other + " uses it");
  } else {
    add(facts, "other engine", "not " + findings.other + ": " + findings.other_fault,
        "only " + name + " can be used");
  }
  add(facts, "runtime", engine.runtime, "every profile names it");
  add(facts, "kernel", engine.kernel, "every profile names it");
  add_flag(
      facts, "rootless", engine.rootless,
      engine.rootless
          ? "capabilities count inside the user's own namespace only: an answer found here may "
            "be too small for an engine that runs as root"
          : "answers hold for an engine that runs as root; without root try them again");
  const bool is_silent = engine.dialect == Dialect::kPodman && engine.cgroups == 1;
  facts.push_back({.name = "cgroups",
                   .value = {engine.cgroups},
                   .text = "version " + std::to_string(engine.cgroups),
                   .then = is_silent ? "podman does not tell that a container was killed for "
                                       "memory: capmin knows it by status 137, with --memory only"
                                     : "a container killed for memory is never taken for one that "
                                       "lacks a capability"});
  add(facts, "seccomp", engine.seccomp,
      engine.seccomp == "off" ? "nothing is filtered here; an engine with a filter may need more"
                              : "the filter may refuse a call before the kernel asks for the "
                                "capability; it opens calls "
                                "along with capabilities");
}

void add_inside(const DoctorFindings& findings, Facts& facts) {
  const auto& view = findings.engine_look.view;
  if (findings.engine_look.engine_failed) {
    const bool is_podman = findings.engine && findings.engine->dialect == Dialect::kPodman;
    add(facts, "inside", "the engine does not start containers: " + findings.engine_look.reason,
        is_podman ? "capmin run cannot work here; what every container needs, a runtime or other "
                    "limits, can be given in a containers.conf that CONTAINERS_CONF names"
                  : "capmin run cannot work here");
    return;
  }
  if (!view) {
    add(facts, "inside", "not seen: " + findings.engine_look.reason,
        "ports, ping and user namespace are not known; give an image that has sleep and cat: "
        "capmin doctor IMAGE");
    return;
  }
  add_flag(facts, "user namespace", view->own_user_namespace,
           view->own_user_namespace ? "root inside a container is another user outside"
                                    : "root inside a container is root outside");
  add_flag(facts, "seccomp inside", view->filtered,
           view->filtered ? "a filter is at work in containers" : "no filter is at work");
  const int start = view->unprivileged_port_start;
  facts.push_back(
      {.name = "privileged ports",
       .value = {start},
       .text = start == 0 ? "none" : "below " + std::to_string(start),
       .then = start == 0
                   ? "--ports engine finds no need for NET_BIND_SERVICE that other platforms "
                     "have; --ports portable does"
                   : "servers on lower ports need NET_BIND_SERVICE with --ports engine, too"});
  const bool is_closed = view->ping_first > view->ping_last;
  add(facts, "ping groups",
      is_closed ? "none"
                : std::to_string(view->ping_first) + " to " + std::to_string(view->ping_last),
      is_closed ? "ping needs NET_RAW with --ports engine, too"
                : "these groups ping without NET_RAW with --ports engine; --ports portable finds "
                  "that need");
  const auto& portable = findings.portable_look.view;
  const bool can_be_set = portable && portable->unprivileged_port_start == 1024 &&
                          portable->ping_first > portable->ping_last;
  const std::string& reason = findings.portable_look.reason;
  const std::string why = reason.empty() ? "" : " (" + sanitize(reason) + ')';
  add_flag(facts, "settings", can_be_set,
           can_be_set ? "ports and ping can be made privileged: --ports portable works"
                      : "ports and ping cannot be made privileged; use --ports engine" + why);
  add_flag(facts, "processes shown", view->first_process_shown,
           view->first_process_shown
               ? "each trial's real capability sets are compared with what it granted"
               : "the real capability sets of trials cannot be compared, nor who processes run as: "
                 "the engine is trusted");
}

void add_capabilities(const DoctorFindings& findings, Facts& facts) {
  if (findings.is_local) {
    facts.push_back({.name = "kernel's capabilities",
                     .value = names(findings.kernel),
                     .text = std::to_string(findings.kernel.size()) + ", the last is " +
                             last_name(findings.kernel),
                     .then = "no other can be tried here"});
    const CapabilitySet missing = findings.kernel - findings.host;
    facts.push_back({.name = "missing on the host",
                     .value = names(missing),
                     .text = to_string(missing),
                     .then = missing.empty() ? "the host can give all of them to a container"
                                             : "left out of trials, and named"});
  } else {
    add(facts, "missing on the host", "not known", "the engine works on another machine");
  }
  if (!findings.accepted) {
    if (findings.engine) {
      add(facts, "refused by the engine", "not known",
          "asking takes an image: capmin doctor IMAGE");
    }
    return;
  }
  const CapabilitySet refused = findings.host - *findings.accepted;
  facts.push_back({.name = "refused by the engine",
                   .value = names(refused),
                   .text = to_string(refused),
                   .then = refused.empty() ? "--allow takes every capability of the host"
                                           : "left out of trials, and named"});
}

}  // namespace

std::vector<DoctorFact> doctor_facts(const DoctorFindings& findings) {
  Facts facts;
  add_engines(findings, facts);
  if (findings.engine) {
    if (findings.image.empty()) {
      add(facts, "image", "none to look with", "give one that the engine has: capmin doctor IMAGE");
    } else {
      add(facts, "image", findings.image, "containers of it were looked into");
      add_inside(findings, facts);
    }
  }
  add_capabilities(findings, facts);
  add_evidence("kernel evidence", findings.kernel_evidence,
               "capmin run starts with what the kernel was asked for: fewer trials",
               "logs alone order the trials", facts);
  add_evidence("strace evidence", findings.strace_evidence,
               "capmin run --evidence strace looks on at trials; slow",
               "--evidence strace goes by the logs", facts);
  add(facts, "temporary files", findings.temporary,
      findings.temporary_writable
          ? "writable: each trial gets a copy of the host's writable directories there"
          : "not writable: --volume with a writable directory fails; set TMPDIR to another");
  return facts;
}

std::string doctor_text(const std::vector<DoctorFact>& facts) {
  constexpr std::size_t kColumn = 24;
  std::string text;
  for (const DoctorFact& fact : facts) {
    text += fact.name + std::string(kColumn - fact.name.size(), ' ') + fact.text + '\n' +
            std::string(kColumn, ' ') + "-> " + fact.then + '\n';
  }
  return text;
}

std::string doctor_json(const std::vector<DoctorFact>& facts, bool works) {
  DocumentList list;
  for (const DoctorFact& fact : facts) {
    DocumentMap map;
    map.set("name", {fact.name});
    map.set("value", fact.value);
    map.set("then", {fact.then});
    list.items.push_back({map});
  }
  DocumentMap document;
  document.set("kind", {std::string("Doctor")});
  document.set("works", {works});
  document.set("facts", {list});
  return emit_json(document);
}

namespace {

/// The images to look with: the one that was asked for, else a few of those that there are.
std::vector<std::string> images_to_try(const DoctorOptions& options, Engine& engine) {
  constexpr std::size_t kMost = 3;
  if (options.image.empty()) {
    std::vector<std::string> images = engine.images();
    images.resize(std::min(images.size(), kMost));
    return images;
  }
  if (!engine.find_image(options.image)) {
    throw Error(ExitCode::kImageMissing, "there is no image " + options.image + " on this engine",
                "make or pull it, or leave it out to look with any");
  }
  return {options.image};
}

void look(const DoctorOptions& options, Engine& engine, ProcessRunner& runner,
          const std::stop_token& stop, DoctorFindings& findings) {
  for (const std::string& image : images_to_try(options, engine)) {
    if (findings.engine_look.view || stop.stop_requested()) break;
    findings.image = image;
    findings.engine_look = look_inside(engine, runner, image, Ports::kEngine);
  }
  if (findings.image.empty() || findings.engine_look.engine_failed || stop.stop_requested()) return;
  findings.portable_look = look_inside(engine, runner, findings.image, Ports::kPortable);
  if (!stop.stop_requested()) findings.accepted = engine.accepted(findings.host, findings.image);
}

/// Fills in what does not take an engine.
void look_at_machine(ProcessRunner& runner, DoctorFindings& findings) {
  findings.kernel = kernel_capabilities();
  findings.host = host_bounding_set();
  const TracerAttachment kernel = attach_kernel_tracer();
  findings.kernel_evidence = {kernel.fault, kernel.hint};
  if (const auto refusal = strace_refusal({}, runner)) {
    findings.strace_evidence = {refusal->reason, refusal->hint};
  }
  std::error_code error;
  findings.temporary = std::filesystem::temp_directory_path(error).string();
  // The mode does not tell: root may write where the file system cannot be written.
  const std::filesystem::path attempt = findings.temporary + "/capmin-" + random_id();
  findings.temporary_writable = !error && std::filesystem::create_directory(attempt, error);
  std::filesystem::remove(attempt, error);
}

void look_at_engine(const DoctorOptions& options, ProcessRunner& runner,
                    const std::stop_token& stop, DoctorFindings& findings) {
  const ChosenEngine chosen = choose_engine(options.engine, runner);
  Engine engine(runner, chosen.command, options.engine.timeout);
  const EngineGuardian guard(engine);
  findings.engine = engine.facts();
  findings.route = engine.route();
  findings.is_local = is_local(options.engine, engine.dialect());
  // Another machine may have more; a user namespace begins with all, user_namespaces(7).
  if (!findings.is_local || findings.engine->rootless) findings.host = findings.kernel;
  if (const auto hidden = hidden_engine(options.engine, engine)) {
    findings.kernel_evidence = {*hidden, {}};
    findings.strace_evidence = {*hidden, {}};
  }
  const bool is_docker = engine.dialect() == Dialect::kDocker;
  findings.other = name_of(is_docker ? Dialect::kPodman : Dialect::kDocker);
  const auto fault = engine_fault({findings.other}, runner, options.engine.timeout);
  findings.other_fault = fault ? fault->what() : "";
  look(options, engine, runner, stop, findings);
}

}  // namespace

ExitCode doctor_command(const std::vector<std::string>& arguments) {
  const DoctorOptions options = parse_doctor_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  ProcessRunner runner;
  const Interruption interruption(
      "\nstopped at once; containers are removed within seconds, or by: capmin clean\n");
  DoctorFindings findings;
  look_at_machine(runner, findings);
  try {
    look_at_engine(options, runner, interruption.token(), findings);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kEngine) throw;
    findings.fault = error.what();
    findings.hint = error.hint();
  }
  if (interruption.token().stop_requested()) {
    return interruption.exit_code();
  }
  const bool works = findings.fault.empty() && !findings.engine_look.engine_failed;
  const std::vector<DoctorFact> facts = doctor_facts(findings);
  write_standard_output(options.json ? doctor_json(facts, works) : doctor_text(facts));
  return works ? ExitCode::kDone : ExitCode::kEngine;
}

}  // namespace capmin
