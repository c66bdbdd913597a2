#include "cli/commands.h"
#include "core/error.h"
#include "engine/choice.h"
#include "engine/engine.h"
#include "options/command_options.h"
#include "run/probe_advice.h"
#include "system/file.h"
#include "text/quote.h"

#include <filesystem>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// A script that somebody has begun to write is not replaced.
void write_script(const std::string& path, const std::string& text) {
  if (fs::exists(fs::symlink_status(path))) {
    throw Error(ExitCode::kOutput, "there is a file " + path + " already, which is left as it is",
                "give another name with -o");
  }
  write_file(path, text);
  std::error_code error;
  fs::permissions(path, fs::perms(0755), error);
  if (error) {
    throw Error(ExitCode::kOutput, "cannot make " + path + " executable: " + error.message(),
                "chmod +x " + shell_quoted(path));
  }
}

}  // namespace

ExitCode probe_command(const std::vector<std::string>& arguments) {
  const ProbeOptions options = parse_probe_options(arguments);
  ProcessRunner runner;
  Engine engine(runner, choose_engine(options.engine, runner).command, options.engine.timeout);
  const std::optional<ImageFacts> image = engine.find_image(options.image);
  if (!image) {
    throw Error(ExitCode::kImageMissing, "there is no image " + options.image + " here",
                "fetch it first: " + shell_quoted(engine.command_line({"pull", options.image})));
  }
  const std::string text = probe_skeleton(options.image, *image);
  if (options.output.empty() || options.output == "-") {
    write_standard_output(text);
  } else {
    write_script(options.output, text);
  }
  return ExitCode::kDone;
}

}  // namespace capmin
