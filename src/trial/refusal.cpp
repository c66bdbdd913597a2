#include "trial/refusal.h"

#include "engine/arguments.h"
#include "engine/container.h"
#include "text/sanitize.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace capmin {
namespace {

/// No image has it, so that an engine that comes to its execution has done all of its own part.
constexpr const char* kNoProgram = "/.capmin-no-program";

ContainerSpec plain_spec(const ContainerSpec& spec) {
  ContainerSpec plain;
  plain.image = spec.image;
  plain.limits_processes = spec.limits_processes;
  plain.ports = trial_sysctls(spec).empty() ? Ports::kEngine : spec.ports;
  plain.options.push_back({.name = "--entrypoint", .value = kNoProgram});
  return plain;
}

bool starts(const ContainerSpec& spec, const TrialIdentity& identity, Engine& engine,
            ProcessRunner& runner) {
  try {
    const Container container(engine, runner, spec, identity);
    const Started started = engine.start(container.name());
    return started.ok || program_not_executable(started.facts);
  } catch (const Error&) {
    return false;
  }
}

bool names_user(const ContainerSpec& spec) {
  return std::ranges::find(spec.options, "--user", &EngineOption::name) != spec.options.end();
}

/// What is the same whenever a refusal is repeated.
std::string steady(const std::string& words) {
  constexpr std::size_t kShortestId = 12;
  std::string text;
  std::string word;
  const auto take_word = [&] {
    if (word.size() < kShortestId) text += word;
    word.clear();
  };
  for (const char letter : words) {
    if (std::isxdigit(static_cast<unsigned char>(letter)) != 0) {
      word += letter;
      continue;
    }
    take_word();
    text += letter;
  }
  take_word();
  std::erase_if(text, [](char letter) { return letter >= '0' && letter <= '9'; });
  return text;
}

}  // namespace

std::optional<Refusal> refusal_of(const RefusedContainer& refused, const TrialSetup& setup,
                                  const TrialIdentity& identity, Engine& engine,
                                  ProcessRunner& runner) {
  const ContainerSpec& spec = setup.spec;
  // They quote the image.
  const std::string words = sanitize(refused.words(), 1000);
  if (const auto fault = says_container_fault(words, names_user(spec))) {
    return Refusal{Error(fault->is_of_image ? ExitCode::kNoWorkingSet : ExitCode::kUsage,
                         fault->reason, fault->hint),
                   true};
  }
  if (says_machine_trouble(words)) return std::nullopt;
  const bool has_options = !spec.options.empty() || !spec.volumes.empty() ||
                           !spec.network.empty() || setup.probe.kind == Probe::Kind::kExec;
  TrialIdentity plain = identity;
  plain.name += "-plain";
  if (has_options && starts(plain_spec(spec), plain, engine, runner)) {
    return Refusal{
        Error(ExitCode::kUsage,
              engine.name() + " does not take a container with these options: " + words,
              "a container of the image without them starts; mend them, or leave them out one by "
              "one: --dry-run prints the commands to try by hand"),
        false};
  }
  ContainerSpec other = plain_spec(spec);
  other.options.push_back({.name = "--user", .value = "0:0"});
  other.options.push_back({.name = "--workdir", .value = "/"});
  if (!starts(other, plain, engine, runner)) return std::nullopt;
  return Refusal{Error(ExitCode::kNoWorkingSet,
                       engine.name() + " cannot start a container of this image: " + words,
                       "with --user 0:0 and --workdir / it starts: see what the image says of its "
                       "user, working directory and program"),
                 false};
}

bool are_alike(const RefusedContainer& one, const RefusedContainer& other) {
  return steady(one.words()) == steady(other.words());
}

}  // namespace capmin
