#pragma once

#include "export/export.h"
#include "options/shared_options.h"
#include "profile/profile_diff.h"
#include "report/audit.h"
#include "report/formats.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What `capmin audit` was asked to do.
struct AuditOptions {
  std::vector<std::string> containers;           ///< names or ids; none stands for all that run
  std::vector<std::string> labels;               ///< NAME or NAME=VALUE, which containers must have
  std::vector<std::string> profiles;             ///< paths of files and directories
  std::string (*write)(const Audit&) = to_text;  ///< of the format
  std::vector<AuditGround> fail_on{AuditGround::kSurplus};
  std::string output;  ///< a file; empty or "-" is standard output
  EngineRequest engine;
  Verbosity verbosity = Verbosity::kNormal;
};

/// What `capmin clean` was asked to do.
struct CleanOptions {
  EngineRequest engine;
  bool dry_run = false;
  Verbosity verbosity = Verbosity::kNormal;
};

/// What `capmin diff` was asked to do.
struct DiffOptions {
  std::vector<std::string> profiles;                   ///< paths: the one before and the one after
  std::string (*write)(const ProfileDiff&) = to_text;  ///< of the format
  bool only_risk_fails = false;                        ///< other differences end with status 0
};

/// What `capmin doctor` was asked to do.
struct DoctorOptions {
  EngineRequest engine;
  std::string image;  ///< to look inside a container with; empty takes any that the engine has
  bool json = false;
  Verbosity verbosity = Verbosity::kNormal;
};

/// What `capmin probe` was asked to do.
struct ProbeOptions {
  EngineRequest engine;
  std::string image;
  std::string output;  ///< a file that does not exist yet; empty or "-" is standard output
};

/// What `capmin export` was asked to do.
struct ExportOptions {
  std::string profile;             ///< the profile's path
  const Target* target = nullptr;  ///< of the format
  ExportStyle style = ExportStyle::kDropAll;
  std::string service;    ///< empty without
  std::string container;  ///< empty without
  std::string merge;      ///< a file that the set goes into; empty for a file of its own
  bool in_place = false;  ///< that file is also where the result goes
  std::string output;     ///< where the result goes; empty for standard output

  /// Of the service or container; empty where none was given.
  const std::string& name() const { return service.empty() ? container : service; }
};

/// What `capmin report` was asked to do.
struct ReportOptions {
  std::vector<std::string> profiles;                               ///< paths, at least one
  std::string (*write)(const std::vector<Report>&) = to_markdown;  ///< of the format
  std::string previous;  ///< an earlier profile's path; empty without
  std::string summary;   ///< the Markdown is appended to this file, too; empty without
  std::string output;    ///< a file; empty or "-" is standard output
};

/// What `capmin explain` was asked to do.
struct ExplainOptions {
  std::vector<std::string> subjects;  ///< capabilities, masks and logs; "-" is standard input
  std::string container;              ///< --container; empty without
  std::string profile;                ///< --profile; empty without
  std::string rules;                  ///< --rules; empty without
  bool json = false;                  ///< --format json; goes with logs alone
  EngineRequest engine;               ///< with --container
  bool has_engine = false;            ///< some option about the engine is given
};

/// What `capmin rules` was asked to do.
struct RulesOptions {
  enum class Action { kList, kCheck, kTest };
  Action action = Action::kList;
  std::vector<std::string> words;  ///< as they were written
  std::string rules;               ///< the rule file; empty without
  std::string log;                 ///< the log of kTest; "-" is standard input
};

/// A shell that capmin has a script for.
enum class Shell { kBash, kZsh, kFish };

/// What `capmin completion` was asked to do.
struct CompletionOptions {
  std::vector<std::string> shells;  ///< as they were written
  Shell shell = Shell::kBash;
};

/// The options of these commands, bound to `options`.
OptionTable table_of(AuditOptions& options);
OptionTable table_of(CleanOptions& options);
OptionTable table_of(DiffOptions& options);
OptionTable table_of(DoctorOptions& options);
OptionTable table_of(ProbeOptions& options);
OptionTable table_of(ExportOptions& options);
OptionTable table_of(ReportOptions& options);
OptionTable table_of(ExplainOptions& options);
OptionTable table_of(RulesOptions& options);
OptionTable table_of(CompletionOptions& options);

/// Read the arguments behind these commands. Throw Error kUsage, with what to write instead, for
/// everything that is not understood.
AuditOptions parse_audit_options(const std::vector<std::string>& arguments);
CleanOptions parse_clean_options(const std::vector<std::string>& arguments);
DiffOptions parse_diff_options(const std::vector<std::string>& arguments);
DoctorOptions parse_doctor_options(const std::vector<std::string>& arguments);
ProbeOptions parse_probe_options(const std::vector<std::string>& arguments);
ExportOptions parse_export_options(const std::vector<std::string>& arguments);
ReportOptions parse_report_options(const std::vector<std::string>& arguments);
ExplainOptions parse_explain_options(const std::vector<std::string>& arguments);
RulesOptions parse_rules_options(const std::vector<std::string>& arguments);
CompletionOptions parse_completion_options(const std::vector<std::string>& arguments);

}  // namespace capmin
