#include "cli/program.h"

#include "batch/batch_process.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "core/error.h"
#include "engine/engine_guardian.h"
#include "options/batch_options.h"
#include "options/command_options.h"
#include "options/compose_options.h"
#include "options/run_options.h"
#include "options/verify_options.h"
#include "run/terminal.h"
#include "system/file.h"
#include "system/process_limits.h"
#include "text/embedded.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/spelling.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <unistd.h>

namespace capmin {
namespace {

bool asks_for_help(const std::vector<std::string>& arguments) {
  const auto end = std::ranges::find(arguments, "--");
  return std::any_of(arguments.begin(), end, [](const std::string& argument) {
    return argument == "--help" || argument == "-h";
  });
}

struct CommandEntry {
  std::string_view name;
  ExitCode (*run)(const std::vector<std::string>& arguments);
  const OptionTable& (*table)();
};

ExitCode completion_command(const std::vector<std::string>& arguments);

constexpr std::array<CommandEntry, 15> kCommands{
    {{"run", run_command, table_for<RunOptions>},
     {"verify", verify_command, table_for<VerifyOptions>},
     {"compose", compose_command, table_for<ComposeOptions>},
     {"batch", batch_command, table_for<BatchOptions>},
     {"merge", merge_command, table_for<MergeOptions>},
     {"diff", diff_command, table_for<DiffOptions>},
     {"export", export_command, table_for<ExportOptions>},
     {"report", report_command, table_for<ReportOptions>},
     {"explain", explain_command, table_for<ExplainOptions>},
     {"audit", audit_command, table_for<AuditOptions>},
     {"rules", rules_command, table_for<RulesOptions>},
     {"probe", probe_command, table_for<ProbeOptions>},
     {"doctor", doctor_command, table_for<DoctorOptions>},
     {"clean", clean_command, table_for<CleanOptions>},
     {"completion", completion_command, table_for<CompletionOptions>}}};

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names{"help", "version"};
  for (const CommandEntry& entry : kCommands) {
    names.push_back(entry.name);
  }
  return names;
}

/// What helps where `name` is no command; `rest` stands behind it.
std::string hint_for_command(const std::string& name, const std::vector<std::string>& rest) {
  const std::vector<std::string_view> names = command_names();
  // Only a run has one: what is missing is the command's name.
  const bool names_probe = std::ranges::any_of(
      rest, [](const std::string& argument) { return argument.starts_with("--probe"); });
  if (names_probe && near_misses(name, names).empty()) {
    std::vector<std::string> run{"capmin", "run", name};
    run.insert(run.end(), rest.begin(), rest.end());
    return "did you mean: " + shell_quoted(run);
  }
  return hint_for(name, names, "see capmin help");
}

ExitCode print(std::string_view text) {
  write_standard_output(text);
  return ExitCode::kDone;
}

/// The topics of the manual, in a line for each few.
std::string topics() {
  std::string names;
  for (const EmbeddedPage& page : embedded_manual()) {
    names.append(names.empty() ? "" : " ").append(page.name);
  }
  return "\nTopics of the manual: " + names + '\n';
}

/// What a command's options are and what the manual says of it, or of a topic that is no command.
ExitCode help(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return print(help_text("capmin") + topics());
  const std::string& name = arguments.front();
  const std::vector<EmbeddedPage> pages = embedded_manual();
  const auto page = std::ranges::find(pages, name, &EmbeddedPage::name);
  const auto* const command = std::ranges::find(kCommands, name, &CommandEntry::name);
  if (page == pages.end() && command == kCommands.end()) {
    std::vector<std::string_view> names = command_names();
    std::ranges::transform(pages, std::back_inserter(names), &EmbeddedPage::name);
    throw Error(ExitCode::kUsage, "there is no command and no topic '" + sanitize(name) + "'",
                hint_for(name, names, "see capmin help"));
  }
  if (page == pages.end()) return print(command->table().help());
  if (command == kCommands.end()) return print(page->text);
  return print(command->table().help() + '\n' + std::string(page->text));
}

std::vector<CompletedCommand> completed_commands() {
  std::vector<CompletedCommand> commands;
  CompletedCommand help{.name = "help", .summary = {}, .options = {}, .first = {}, .rest = {}};
  for (const CommandEntry& entry : kCommands) {
    help.first.words.emplace_back(entry.name);
    const OptionTable& table = entry.table();
    commands.push_back(completed_command(table.command, table.help(), table.rows()));
  }
  for (const EmbeddedPage& page : embedded_manual()) {
    if (std::ranges::find(kCommands, page.name, &CommandEntry::name) == kCommands.end()) {
      help.first.words.emplace_back(page.name);
    }
  }
  commands.push_back(help);
  commands.push_back({.name = "version", .summary = {}, .options = {}, .first = {}, .rest = {}});
  const std::string overview = help_text("capmin");
  for (CompletedCommand& command : commands) {
    command.summary = summary_in(overview, command.name);
  }
  return commands;
}

ExitCode completion_command(const std::vector<std::string>& arguments) {
  switch (parse_completion_options(arguments).shell) {
    case Shell::kBash:
      return print(bash_completion(completed_commands()));
    case Shell::kZsh:
      return print(zsh_completion(completed_commands()));
    case Shell::kFish:
      return print(fish_completion(completed_commands()));
  }
  return ExitCode::kInternal;
}

/// A standard stream that is closed would give its number to the next file that is opened, which
/// output would then go to. In its place comes a file that fails as a closed one does.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest free number is this one: those below are taken by now.
    ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

ExitCode dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return help({});
  const std::string& name = arguments.front();
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (name == "--help" || name == "-h" || name == "help") return help(rest);
  if (name == "--version" || name == "-V" || name == "version")
    return print("capmin " CAPMIN_VERSION "\n");
  if (name == kGuardianName) return guardian_command(rest);
  if (name == kBatchJobName) return batch_job_command(rest);
  const auto* const command = std::ranges::find(kCommands, name, &CommandEntry::name);
  if (command == kCommands.end()) {
    throw Error(ExitCode::kUsage, "there is no command '" + sanitize(name) + "'",
                hint_for_command(name, rest));
  }
  return asks_for_help(rest) ? print(command->table().help()) : command->run(rest);
}

/// A message that may quote an engine, an image or an argument, made harmless line by line. Lines
/// of ours are indented; any other line break was quoted and becomes a blank, so that nothing
/// quoted stands at the start of a line.
std::string harmless(std::string_view message) {
  constexpr std::size_t kLongestLine = 2000;
  std::string text;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    const bool is_ours = message.starts_with("  ");
    const std::string line = sanitize(message.substr(0, end), kLongestLine);
    if (!line.empty()) text += (text.empty() ? "" : is_ours ? "\n  " : " ") + line;
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return text;
}

int report(const Error& error) {
  std::string text = "error: " + harmless(error.what());
  if (!error.hint().empty()) text += "\n  hint: " + harmless(error.hint());
  Terminal(Color::kNever).line(text);
  return static_cast<int>(error.code());
}

/// Puts the lines of the log on standard error, beside whatever is shown there.
class LogSink : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    print_beside({line.data(), line.size() - std::string_view("\n").size()});
  }
  void flush_() override {}
};

/// For what the system refused although nothing asked for too much.
Error lack(int error) {
  return {ExitCode::kEngine, "the system refused what capmin needs: " + error_text(error),
          limits_hint(true)};
}

Error fault(const std::exception& error) {
  return {ExitCode::kInternal, std::string("internal error: ") + error.what(),
          "this is a fault of capmin; please report it"};
}

/// Ends the program where a thread was refused memory or another thread: nobody catches that. The
/// guardian removes what is left.
[[noreturn]] void end_for_lack() {
  try {
    std::rethrow_exception(std::current_exception());
  } catch (const std::bad_alloc&) {
    ::_exit(report(lack(ENOMEM)));
  } catch (const std::system_error& error) {
    if (is_of_limits(error.code().value())) ::_exit(report(lack(error.code().value())));
  } catch (...) {
  }
  std::abort();
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  occupy_standard_streams();
  // Writing reports what these would tell.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  std::set_terminate(end_for_lack);
  const auto log = std::make_shared<spdlog::logger>("capmin", std::make_shared<LogSink>());
  log->set_pattern("%H:%M:%S.%e  %v");
  spdlog::set_default_logger(log);
  try {
    check_stack();
    return static_cast<int>(dispatch(arguments));
  } catch (const Error& error) {
    return report(error);
  } catch (const std::bad_alloc&) {
    return report(lack(ENOMEM));
  } catch (const std::system_error& error) {
    if (is_of_limits(error.code().value())) return report(lack(error.code().value()));
    return report(fault(error));
  } catch (const std::exception& error) {
    return report(fault(error));
  }
}

}  // namespace capmin
