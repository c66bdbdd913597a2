#include "compose/compose_tool.h"

#include "core/container_options.h"
#include "core/error.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <filesystem>

namespace capmin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConfigDeadline{60'000};
/// An image may be fetched first, and a companion may take its time to get healthy.
constexpr milliseconds kProjectDeadline{900'000};
constexpr milliseconds kBuildDeadline{3'600'000};

std::vector<std::string> file_arguments(const StackFiles& files) {
  std::vector<std::string> arguments;
  for (const std::string& file : files.files) {
    append_option("--file", file, arguments);
  }
  append_option("--project-directory", directory_of(files), arguments);
  if (!files.env_file.empty()) append_option("--env-file", files.env_file, arguments);
  for (const std::string& profile : files.profiles) {
    append_option("--profile", profile, arguments);
  }
  return arguments;
}

}  // namespace

std::string words_of(const ProcessResult& result) {
  if (result.ending == ProcessResult::Ending::kNotStarted) return result.failure;
  if (result.ending == ProcessResult::Ending::kDeadline) return "it took too long";
  const std::vector<std::string> lines = split(result.err.empty() ? result.out : result.err, '\n');
  std::string words;
  constexpr std::size_t kMostLines = 6;
  const std::size_t first = lines.size() > kMostLines ? lines.size() - kMostLines : 0;
  for (std::size_t i = first; i < lines.size(); ++i) {
    const std::string line = sanitize(lines[i]);
    if (!line.empty()) words += (words.empty() ? "" : "; ") + line;
  }
  return words.empty() ? "exit status " + std::to_string(result.status) : words;
}

std::string directory_of(const StackFiles& files) {
  namespace fs = std::filesystem;
  const fs::path directory = files.project_directory.empty()
                                 ? fs::path(files.files.front()).parent_path()
                                 : fs::path(files.project_directory);
  std::string path = fs::absolute(directory.empty() ? "." : directory).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path.ends_with("/.")) path.resize(path.size() - 2);
  return path;
}

ComposeTool::ComposeTool(ProcessRunner& runner, const Engine& engine) : runner_(runner) {
  if (engine.dialect() != Dialect::kDocker) {
    throw Error(ExitCode::kEngine,
                "a stack is tried with docker, and this engine is " + engine.name(),
                "--engine docker");
  }
  name_ = "docker compose";
  command_ = engine.command_line({"compose"});
  const ProcessResult plugin = call({"version", "--short"}, kConfigDeadline, {});
  if (plugin.ok()) return;
  // Its options for host and context are those of docker.
  std::vector<std::string> options = engine.command_line({});
  options.front() = "docker-compose";
  name_ = "docker-compose";
  command_ = std::move(options);
  const ProcessResult standalone = call({"version", "--short"}, kConfigDeadline, {});
  if (standalone.ok()) return;
  throw Error(ExitCode::kEngine,
              "there is no Compose to read the file with: docker compose: " + words_of(plugin) +
                  "; docker-compose: " + words_of(standalone),
              "install docker-compose, or Docker's Compose plugin");
}

ProcessResult ComposeTool::call(const std::vector<std::string>& arguments, milliseconds deadline,
                                const std::stop_token& stop) const {
  std::vector<std::string> argv = command_;
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  constexpr std::size_t kMostOutput = 4U << 20U;
  return runner_.run({.argv = std::move(argv),
                      .environment = {{"COMPOSE_IGNORE_ORPHANS", "true"}},
                      .deadline = deadline,
                      .output_limit = kMostOutput},
                     stop);
}

std::string ComposeTool::config(const StackFiles& files, const std::stop_token& stop) const {
  std::vector<std::string> arguments = file_arguments(files);
  arguments.emplace_back("config");
  ProcessResult result = call(arguments, kConfigDeadline, stop);
  if (result.ok()) return std::move(result.out);
  throw Error(ExitCode::kUsage,
              name_ + " does not take " + joined(files.files, ", ") + ": " + words_of(result),
              "see " + name_ + " -f " + files.files.front() + " config");
}

void ComposeTool::build(const StackFiles& files, const std::vector<std::string>& services,
                        const std::stop_token& stop) const {
  std::vector<std::string> arguments = file_arguments(files);
  arguments.emplace_back("build");
  arguments.insert(arguments.end(), services.begin(), services.end());
  const ProcessResult result = call(arguments, kBuildDeadline, stop);
  if (result.ok() || stop.stop_requested()) return;
  throw Error(ExitCode::kImageMissing,
              name_ + " cannot build " + joined(services, ", ") + ": " + words_of(result),
              "build it yourself, and give --no-build");
}

ProcessResult ComposeTool::run(const std::string& project, const std::string& file,
                               const std::string& project_directory,
                               const std::vector<std::string>& arguments,
                               const std::stop_token& stop) const {
  std::vector<std::string> all{"--project-name",      project,          "--file", file,
                               "--project-directory", project_directory};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return call(all, kProjectDeadline, stop);
}

}  // namespace capmin
