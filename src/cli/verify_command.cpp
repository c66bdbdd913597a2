#include "cli/commands.h"
#include "compose/service_search.h"
#include "core/error.h"
#include "profile/profile_yaml.h"
#include "run/chosen_rules.h"
#include "run/profile_options.h"
#include "run/terminal.h"
#include "run/variables.h"
#include "run/verification.h"
#include "run/verify_text.h"
#include "system/file.h"
#include "system/interruption.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace capmin {
namespace {

using Update = VerifyOptions::Update;

/// One `capmin verify`: each profile on its own, whatever became of the ones before.
class Verify {
 public:
  explicit Verify(const VerifyOptions& options)
      : options_(options),
        rules_(begin_reading_rules(options.rules)),
        variables_(given_variables(options.variables, options.env_files)),
        terminal_(options.color),
        interruption_(terminal_.last_words(
            "stopped at once; containers are removed within seconds, or by: capmin clean")) {}

  ExitCode operator()();

 private:
  std::optional<VerifyRow> verify_file(const std::string& path);
  void write(const std::string& path, const std::string& old_text, const Profile& profile,
             VerifyRow& row) const;
  std::string target(const std::string& path) const {
    return options_.update == Update::kInPlace ? path : path + ".new";
  }

  const VerifyOptions& options_;
  std::shared_future<ChosenRules> rules_;
  Variables variables_;
  Terminal terminal_;
  Interruption interruption_;
  ProcessRunner runner_;
};

ExitCode Verify::operator()() {
  std::vector<VerifyRow> rows;
  int worst = 0;
  for (const std::string& path : options_.profiles) {
    std::optional<VerifyRow> row = verify_file(path);
    if (!row) {
      terminal_.line("interrupted; the containers of this run are removed");
      return interruption_.exit_code();
    }
    worst = std::max(worst, row->verification.exit);
    if (!options_.json) write_standard_output(for_standard_output(to_text(*row)));
    rows.push_back(std::move(*row));
  }
  if (options_.json) write_standard_output(to_json(rows));
  return static_cast<ExitCode>(worst);
}

/// Nothing when a signal came.
std::optional<VerifyRow> Verify::verify_file(const std::string& path) {
  VerifyRow row{.profile = path, .image = {}, .verification = {}, .written = {}};
  try {
    const std::string text = read_file(path);
    const Profile profile = profile_from_yaml(text, path);
    std::optional<ServiceSearch> service;
    if (!profile.stack.service.empty()) {
      service.emplace(profile, path, options_, runner_, interruption_.token());
    }
    const RunOptions options =
        service ? service->options() : options_of(profile, path, options_, variables_);
    row.image = options.image;
    const bool is_update = options_.update != Update::kNone;
    if (is_update) check_writable(target(path));
    const bool is_quiet = options_.verbosity == Verbosity::kQuiet;
    ImageSearch search(options, {.runner = runner_,
                                 .rules = rules_,
                                 .terminal = is_quiet ? nullptr : &terminal_,
                                 .company = service ? &service->company() : nullptr});
    std::optional<Verification> verified =
        verify(profile, options, {.full = options_.full, .refresh = is_update}, search,
               interruption_.token());
    if (!verified) return std::nullopt;
    row.verification = *std::move(verified);
    std::optional<Profile>& refreshed = row.verification.refreshed;
    if (refreshed && service) refreshed->stack = service->facts();
    if (refreshed && row.verification.status != ProfileStatus::kOk) {
      write(path, text, *refreshed, row);
    }
  } catch (const Error& error) {
    row.verification = failed_by(error);
  }
  return row;
}

void Verify::write(const std::string& path, const std::string& old_text, const Profile& profile,
                   VerifyRow& row) const {
  // What is not proven to the end takes no profile's place.
  const std::string to = is_complete(profile) ? target(path) : path + ".new";
  write_file(to, in_format_of(old_text, profile));
  row.written = to;
}

}  // namespace

ExitCode verify_command(const std::vector<std::string>& arguments) {
  const VerifyOptions options = parse_verify_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  return Verify(options)();
}

}  // namespace capmin
