#include "options/command_options.h"

#include "text/spelling.h"

#include <algorithm>

namespace capmin {
namespace {

using std::string;
using std::vector;

constexpr std::string_view kCompose = "compose";
constexpr std::string_view kKubernetes = "kubernetes";
constexpr const char* kShells = "capmin completion bash|zsh|fish";

string formats(std::string_view between) {
  vector<string> words;
  for (const Target& target : targets()) {
    words.emplace_back(target.format);
  }
  return joined(words, between);
}

string format_lines() {
  string lines;
  for (const Target& target : targets()) {
    string word(target.format);
    word.resize(14, ' ');
    lines += "  " + word + string(target.what) + (target.granted.empty() ? "" : " *") + '\n';
  }
  return lines;
}

/// A text that may not be empty.
OptionValue takes_filled_text(const char* name, string& target) {
  return {name, [&target](const GivenOption& given) {
            if (given.value.empty()) given.refuse("--" + given.name + " is empty");
            target = given.value;
          }};
}

/// The one word of a command, which calls it `what`.
OptionValue takes_one(const char* what, string& target) {
  return {what, [what, &target](const GivenOption& given) {
            if (!target.empty()) {
              given.refuse("'" + given.value + "' is one " + what + " too many");
            }
            target = given.value;
          }};
}

/// The same rows, none of which may stand twice.
OptionRows each_once(OptionRows rows) {
  for (Option& row : rows) {
    row.value.read = [read = row.value.read, seen = false](const GivenOption& given) mutable {
      if (seen) given.refuse("--" + given.name + " is given twice");
      seen = true;
      read(given);
    };
  }
  return rows;
}

/// The same rows; `any` tells whether one of them was given.
OptionRows noting(OptionRows rows, bool& any) {
  for (Option& row : rows) {
    row.value.read = [read = row.value.read, &any](const GivenOption& given) {
      any = true;
      read(given);
    };
  }
  return rows;
}

/// A name of a service in Compose, or of a container in Kubernetes (a label of RFC 1123), which
/// may stand behind those of its namespace, kind and workload.
void check_name(const GivenOption& given) {
  const string& name = given.value;
  const bool service = given.name == "service";
  const auto takes = [](char letter, bool all) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' ||
           (all && ((letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '_'));
  };
  const std::size_t slash = service ? string::npos : name.rfind('/');
  const string own = slash == string::npos ? name : name.substr(slash + 1);
  const string before = slash == string::npos ? "" : name.substr(0, slash);
  const bool fits = std::ranges::all_of(own, [&](char letter) { return takes(letter, service); }) &&
                    std::ranges::all_of(
                        before, [&](char letter) { return letter == '/' || takes(letter, true); });
  if (own.empty() || !fits) {
    given.refuse("--" + given.name + " takes " +
                 (service ? "letters, digits, '.', '_' and '-'"
                          : "lower-case letters, digits and '-', and with --merge "
                            "KIND/WORKLOAD/NAME"));
  }
}

OptionValue takes_name(string& target) {
  return {"NAME", [&target](const GivenOption& given) {
            check_name(given);
            target = given.value;
          }};
}

OptionValue takes_target(const Target*& target) {
  return {"FORMAT",
          [&target](const GivenOption& given) {
            target = target_named(given.value);
            if (target == nullptr) not_taken(given.name, given.value, formats(", "));
          },
          formats("|")};
}

/// Texts that are collected, none of which may be empty or look like an option.
OptionValue takes_filled_texts(const char* name, vector<string>& targets,
                               const string& before = "") {
  return {name, [&targets, before](const GivenOption& given) {
            if (given.value.empty() || given.value.starts_with('-')) {
              given.refuse("--" + given.name + " does not take '" + given.value + "'");
            }
            targets.push_back(before + given.value);
          }};
}

OptionValue takes_grounds(vector<AuditGround>& grounds) {
  const OptionWords<AuditGround> words = option_words<AuditGround>(kAuditGrounds);
  return {joined(words, ","), [&grounds, words](const GivenOption& given) {
            grounds.clear();
            for (const string& word : split(given.value, ',')) {
              grounds.push_back(chosen_word({given.name, word, given.hint}, words));
            }
          }};
}

/// The label that Compose gives to the containers of a project.
constexpr const char* kProjectLabel = "com.docker.compose.project=";

}  // namespace

OptionTable table_of(AuditOptions& options) {
  return option_table(
      "audit", {},
      rows_of({
          {{"container", takes_filled_texts("NAME", options.containers),
            "look at this container alone, which must run; may be given again"},
           {"label", takes_filled_texts("NAME[=VALUE]", options.labels),
            "look at the containers with this label alone; of several all must be there"},
           {"project", takes_filled_texts("NAME", options.labels, kProjectLabel),
            "look at the containers of this project of Compose alone"},
           {"profiles", takes_filled_texts("PATH", options.profiles),
            "a profile, or a directory of profiles (*.yaml, *.yml), to compare with; may be given "
            "again"},
           {"fail-on", takes_grounds(options.fail_on),
            "what ends with status 1 (default: surplus)"},
           {"format",
            takes_word(options.write, {{"text", to_text},
                                       {"json", to_json},
                                       {"markdown", to_markdown},
                                       {"sarif", to_sarif}}),
            "of the audit (default: text)"},
           {"output,o", takes_text("FILE", options.output),
            "write here (default: standard output)"}},
          engine_options(options.engine),
          verbose_options(options.verbosity),
      }));
}

OptionTable table_of(CleanOptions& options) {
  return option_table(
      "clean", {},
      rows_of({
          engine_options(options.engine),
          {{"dry-run", sets(options.dry_run), "print what would be removed, and remove nothing"}},
          verbose_options(options.verbosity),
      }));
}

OptionTable table_of(DiffOptions& options) {
  return option_table(
      "diff", takes_texts("profile", options.profiles),
      {{"format",
        takes_word(options.write,
                   {{"text", to_text}, {"json", to_json}, {"markdown", to_markdown}}),
        "of the difference (default: text)"},
       {"fail-on", takes_word(options.only_risk_fails, {{"risk", true}}),
        "end with status 1 only where the new profile reaches more"}});
}

OptionTable table_of(DoctorOptions& options) {
  return option_table("doctor", takes_one("image", options.image),
                      rows_of({
                          engine_options(options.engine),
                          {{"format", takes_word(options.json, {{"text", false}, {"json", true}}),
                            "of what is printed (default: text)"}},
                          verbose_options(options.verbosity),
                      }));
}

OptionTable table_of(ProbeOptions& options) {
  return option_table("probe", takes_one("image", options.image),
                      rows_of({
                          {{"output,o", takes_filled_text("FILE", options.output),
                            "write the script here, where no file is yet (default: standard "
                            "output)"}},
                          engine_options(options.engine),
                      }));
}

OptionTable table_of(ExportOptions& options) {
  OptionTable table = option_table(
      "export", takes_one("profile", options.profile),
      each_once({
          {"format", takes_target(options.target), "one of the formats below (needed)"},
          {"style",
           takes_word(options.style, {{"drop-all", ExportStyle::kDropAll},
                                      {"drop-unneeded", ExportStyle::kDropUnneeded}}),
           "drop ALL and add what is needed (default), or drop by name what is granted by default "
           "and not needed"},
          {"merge", takes_filled_text("FILE", options.merge),
           "put the set alone into a service of this Compose file, or a container of this "
           "Kubernetes manifest, and leave everything else as it is"},
          {"service", takes_name(options.service),
           "compose: the service (with --merge needed only where there are several)"},
          {"container", takes_name(options.container),
           "kubernetes: the container (with --merge needed only where there are several; "
           "KIND/WORKLOAD/NAME, such as Deployment/web/server, where several have its name)"},
          {"output,o", takes_filled_text("FILE", options.output),
           "write here instead of to standard output"},
          {"in-place", sets(options.in_place), "write into the file of --merge"},
      }));
  table.formats = format_lines();
  return table;
}

OptionTable table_of(ReportOptions& options) {
  return option_table(
      "report", takes_texts("profile", options.profiles),
      {{"format",
        takes_word(options.write, {{"markdown", to_markdown},
                                   {"html", to_html},
                                   {"json", to_json},
                                   {"junit", to_junit},
                                   {"sarif", to_sarif},
                                   {"github", to_github}}),
        "of the report (default: markdown)"},
       {"previous", takes_text("FILE", options.previous),
        "an earlier profile of the same image: the report says what changed"},
       {"summary", takes_text("FILE", options.summary),
        "append the report as Markdown to this file as well, such as \"$GITHUB_STEP_SUMMARY\""},
       {"output,o", takes_text("FILE", options.output), "write here (default: standard output)"}});
}

OptionTable table_of(ExplainOptions& options) {
  return option_table("explain", takes_texts("word", options.subjects),
                      rows_of({
                          each_once({{"rules", takes_filled_text("FILE", options.rules),
                                      "ask the rules of this file first"}}),
                          {{"format", takes_word(options.json, {{"text", false}, {"json", true}}),
                            "of what is said of logs (default: text)"}},
                          each_once({{"container", takes_filled_text("NAME", options.container),
                                      "show the capability sets of a running container"},
                                     {"profile", takes_filled_text("FILE", options.profile),
                                      "with --container: compare them with this profile"}}),
                          noting(engine_options(options.engine), options.has_engine),
                      }));
}

OptionTable table_of(RulesOptions& options) {
  return option_table(
      "rules", takes_texts("word", options.words),
      each_once({{"rules", takes_filled_text("FILE", options.rules),
                  "with list: show the rules as this file extends or replaces them"}}));
}

OptionTable table_of(CompletionOptions& options) {
  return option_table("completion", takes_texts("shell", options.shells), {});
}

AuditOptions parse_audit_options(const vector<string>& arguments) {
  AuditOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  if (!options.containers.empty() && !options.labels.empty()) {
    usage_error("--container goes with neither --label nor --project", table.hint());
  }
  return options;
}

CleanOptions parse_clean_options(const vector<string>& arguments) {
  CleanOptions options;
  read_options(table_of(options), arguments);
  return options;
}

DiffOptions parse_diff_options(const vector<string>& arguments) {
  DiffOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  if (options.profiles.size() < 2) {
    usage_error("capmin diff needs two profiles", "capmin diff OLD NEW");
  }
  if (options.profiles.size() > 2) {
    usage_error("'" + options.profiles[2] + "' is one profile too many", table.hint());
  }
  return options;
}

DoctorOptions parse_doctor_options(const vector<string>& arguments) {
  DoctorOptions options;
  read_options(table_of(options), arguments);
  return options;
}

ProbeOptions parse_probe_options(const vector<string>& arguments) {
  ProbeOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  if (options.image.empty()) usage_error("no image is given", table.hint());
  return options;
}

ExportOptions parse_export_options(const vector<string>& arguments) {
  ExportOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  const auto refuse = [&table](const string& what) { usage_error(what, table.hint()); };
  if (options.profile.empty()) refuse("no profile is given");
  if (options.target == nullptr) {
    usage_error("no format is given", "add --format with one of " + formats(", "));
  }
  const std::string_view format = options.target->format;
  if (!options.service.empty() && format != kCompose) {
    refuse("--service goes with --format compose only");
  }
  if (!options.container.empty() && format != kKubernetes) {
    refuse("--container goes with --format kubernetes only");
  }
  if (!options.merge.empty() && format != kCompose && format != kKubernetes) {
    refuse("--merge goes with --format compose and --format kubernetes only");
  }
  if (options.merge.empty() && options.container.find('/') != string::npos) {
    refuse("--container KIND/WORKLOAD/NAME goes with --merge FILE");
  }
  if (options.in_place) {
    if (options.merge.empty()) refuse("--in-place goes with --merge FILE");
    if (!options.output.empty()) refuse("--in-place and -o exclude each other");
    options.output = options.merge;
  }
  return options;
}

ReportOptions parse_report_options(const vector<string>& arguments) {
  ReportOptions options;
  read_options(table_of(options), arguments);
  if (options.profiles.empty()) {
    usage_error("capmin report needs a profile", "capmin report PROFILE... --format html");
  }
  if (!options.previous.empty() && options.profiles.size() > 1) {
    usage_error("--previous goes with one profile", "call capmin report for each profile");
  }
  return options;
}

namespace {

void check(const ExplainOptions& options, const string& hint) {
  if (options.container.empty()) {
    if (!options.profile.empty() || options.has_engine) {
      usage_error("--profile, --engine, --host and --context go with --container NAME", hint);
    }
    return;
  }
  if (!options.subjects.empty() || !options.rules.empty()) {
    usage_error("--container goes with neither --rules nor anything else to explain", hint);
  }
  if (options.json) usage_error("--format json goes with logs, not with --container", hint);
  if (options.container.starts_with('-')) {
    usage_error("'" + options.container + "' is no container's name", hint);
  }
}

}  // namespace

ExplainOptions parse_explain_options(const vector<string>& arguments) {
  ExplainOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  check(options, table.hint());
  if (options.container.empty() && options.subjects.empty()) options.subjects = {"-"};
  if (std::ranges::count(options.subjects, "-") > 1) {
    usage_error("standard input can be read only once", table.hint());
  }
  return options;
}

RulesOptions parse_rules_options(const vector<string>& arguments) {
  RulesOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  if (options.words.empty()) usage_error("capmin rules needs list, check or test", table.hint());
  const string action = options.words.front();
  const std::size_t files = options.words.size() - 1;
  if (action == "list") {
    if (files != 0)
      usage_error("capmin rules list takes no file", "capmin rules list --rules FILE");
    return options;
  }
  if (action != "check" && action != "test") {
    usage_error("capmin rules does not take '" + action + "'",
                hint_for(action, {"list", "check", "test"}, "it takes list, check and test"));
  }
  if (!options.rules.empty()) usage_error("--rules goes with capmin rules list", table.hint());
  const bool is_test = action == "test";
  if (files != (is_test ? 2U : 1U)) {
    usage_error(is_test ? "capmin rules test needs a rule file and a log"
                        : "capmin rules check needs one rule file",
                is_test ? "capmin rules test FILE LOG" : "capmin rules check FILE");
  }
  options.action = is_test ? RulesOptions::Action::kTest : RulesOptions::Action::kCheck;
  options.rules = options.words[1];
  if (is_test) options.log = options.words[2];
  return options;
}

CompletionOptions parse_completion_options(const vector<string>& arguments) {
  CompletionOptions options;
  read_options(table_of(options), arguments);
  if (options.shells.empty()) usage_error("no shell is given", kShells);
  if (options.shells.size() > 1) {
    usage_error("'" + options.shells[1] + "' is one shell too many", kShells);
  }
  const string& name = options.shells.front();
  if (name == "bash") {
    options.shell = Shell::kBash;
  } else if (name == "zsh") {
    options.shell = Shell::kZsh;
  } else if (name == "fish") {
    options.shell = Shell::kFish;
  } else {
    usage_error("there is no completion for '" + name + "'", kShells);
  }
  return options;
}

}  // namespace capmin
