#include "cli/doctor_command.h"

#include "cli/doctor_facts.h"
#include "cli/options_doctor.h"
#include "engine/engine.h"
#include "engine/guard.h"
#include "engine/host_limits.h"
#include "run/tracing.h"
#include "system/interruption.h"
#include "system/process_identity.h"
#include "system/standard_output.h"
#include "trace/strace.h"

#include <spdlog/spdlog.h>

#include <csignal>
#include <filesystem>

namespace capmin {
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
  const KernelTrace kernel = attach_kernel_trace();
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
  const Guard guard(engine);
  findings.engine = engine.facts();
  const bool is_docker = engine.dialect() == Dialect::kDocker;
  findings.is_local = is_local(options.engine, engine.dialect());
  // Another machine may have more; a user namespace begins with all, user_namespaces(7).
  if (!findings.is_local || findings.engine->rootless) findings.host = findings.kernel;
  if (const auto hidden = hidden_engine(options.engine, engine)) {
    findings.kernel_evidence = {*hidden, {}};
    findings.strace_evidence = {*hidden, {}};
  }
  findings.other = is_docker ? "podman" : "docker";
  const auto fault = engine_fault({findings.other}, runner, options.engine.timeout);
  findings.other_fault = fault ? fault->what() : "";
  look(options, engine, runner, stop, findings);
}

}  // namespace

int doctor_command(const std::vector<std::string>& arguments) {
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
    return static_cast<int>(interruption.signal() == SIGINT ? ExitCode::kInterrupted
                                                            : ExitCode::kTerminated);
  }
  const bool works = findings.fault.empty() && !findings.engine_look.engine_failed;
  const std::vector<DoctorFact> facts = doctor_facts(findings);
  write_standard_output(options.json ? doctor_json(facts, works) : doctor_text(facts));
  return static_cast<int>(works ? ExitCode::kDone : ExitCode::kEngine);
}

}  // namespace capmin
