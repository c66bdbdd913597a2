#pragma once

#include "core/capability.h"
#include "core/error.h"
#include "diagnosis/rule_table.h"
#include "document/document.h"
#include "engine/container_process.h"
#include "engine/engine.h"
#include "engine/inside.h"
#include "engine/replies.h"
#include "profile/profile.h"
#include "run/run_plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// `capmin audit`: says of running containers what they hold beyond what the profiles of their
/// images say they need. Changes nothing on the engine. Returns kDifference where --fail-on names
/// what was found, else kDone. Throws Error kUsage, kOutput, and kEngine also where the processes
/// of containers are not visible from here.
ExitCode audit_command(const std::vector<std::string>& arguments);

/// `capmin batch`: searches and verifications of many images. Returns the exit status or throws
/// Error.
ExitCode batch_command(const std::vector<std::string>& arguments);

/// The process of one job, see batch_process.h. Prints answer_of() what it ended with; 143 where it
/// was stopped.
ExitCode batch_job_command(const std::vector<std::string>& arguments);

/// `capmin clean`: removes what dead runs left; returns the exit status.
ExitCode clean_command(const std::vector<std::string>& arguments);

/// The command line of a `capmin clean` on the engine that `client`, a program with its global
/// options, leads to.
std::vector<std::string> clean_command_line(const std::vector<std::string>& client);

/// `capmin compose`: minimizes the services of a Compose file in each other's company. Returns the
/// worst status of the services; where all have a set, kNoWorkingSet where these do not work
/// together, and kUnstable where that is not known. Throws Error.
ExitCode compose_command(const std::vector<std::string>& arguments);

/// `capmin diff`: compares two profiles. Returns kDone where they agree, kDifference where they do
/// not; with --fail-on risk only where the second reaches more. Throws Error kUsage for files that
/// are no profiles.
ExitCode diff_command(const std::vector<std::string>& arguments);

/// Why there is no evidence of a kind; all empty where there is.
struct MissingEvidence {
  std::string reason;
  std::string hint;  ///< what to do then
};

/// What was found out about a machine and its engine. Texts of engines are hostile.
struct DoctorFindings {
  std::optional<EngineFacts> engine;      ///< nothing where none answers
  std::string fault;                      ///< what the engine failed at, if it did
  std::string hint;                       ///< what to do then
  EngineRoute route;                      ///< which way its calls go
  std::string other;                      ///< the name of the engine that is not used
  std::string other_fault;                ///< why that does not work; empty where it does
  bool is_local = true;                   ///< the engine works on this machine
  CapabilitySet kernel;                   ///< what this machine's kernel knows
  CapabilitySet host;                     ///< what this machine can give to a container
  std::optional<CapabilitySet> accepted;  ///< what the engine accepts; nothing without an image
  std::string image;                      ///< that was looked with; empty where there was none
  Look engine_look;                       ///< under the engine's own settings for ports and ping
  Look portable_look;                     ///< under capmin's
  std::string temporary;                  ///< the directory for temporary files
  bool temporary_writable = false;
  MissingEvidence kernel_evidence;
  MissingEvidence strace_evidence;
};

/// A fact and what follows from it.
struct DoctorFact {
  std::string name;    ///< a key for programs, in words for people: "ports", "user namespace"
  DocumentNode value;  ///< for programs
  std::string text;    ///< the value for people
  std::string then;    ///< what follows from it
};

/// The facts in the order in which they are printed; all texts are sanitized.
std::vector<DoctorFact> doctor_facts(const DoctorFindings& findings);

/// One fact per line, and behind "->" what follows from it.
std::string doctor_text(const std::vector<DoctorFact>& facts);

/// The same as a JSON document: kind, works, and the list of facts with name, value and then.
std::string doctor_json(const std::vector<DoctorFact>& facts, bool works);

/// Prints what the machine and its engine can and cannot show; the exit status is 0 where capmin
/// run can work and 5 where no engine works. Throws Error kUsage, and kImageMissing for an image
/// that the engine does not have.
ExitCode doctor_command(const std::vector<std::string>& arguments);

/// Writes the beginning of a probe's script. Throws Error kImageMissing for an image that the
/// engine does not have, and kOutput where the file exists or cannot be written.
ExitCode probe_command(const std::vector<std::string>& arguments);

/// What the rules make of a log: each clue with its line, then a summary. `name` is the log's.
std::string log_text(const std::string& name, std::string_view log, const RuleTable& rules);

/// The same for programs, in one JSON document: of each of `logs`, pairs of a name and what it
/// holds, the clues in their order and the suspects in the order in which to try them.
/// src/manual/explain.md names its keys.
std::string logs_json(const std::vector<std::pair<std::string, std::string>>& logs,
                      const RuleTable& rules);

/// All that is known of a capability; who needs it and how to avoid that is read off the rules.
std::string capability_text(Capability capability, const RuleTable& rules);

/// The word in `text`, 1 to 16 hexadecimal digits with or without 0x; nothing for other texts.
std::optional<CapabilitySet> mask_named(std::string_view text);

/// The members as capsh --decode prints them: "0x00000000a80425fb=cap_chown,...", in the order of
/// their bit numbers; a bit that no known capability has is its number.
std::string mask_text(CapabilitySet mask);

/// Explains that the first process of a container cannot be seen; `pid` is its number where the
/// engine runs.
Error process_not_visible(const std::string& container, int pid, const Engine& engine);

/// The sets of a container's first process, and how its bounding and effective sets differ from
/// Docker's default set and from what `profile` adds; what that adds under conditions may be there.
std::string sets_text(const std::string& container, int pid, const KernelSets& sets,
                      const Profile* profile);

/// `capmin explain`: what a log, a capability, a mask or a running container's sets mean. Returns
/// kDifference where a container holds more than --profile says it needs, else kDone; throws Error.
ExitCode explain_command(const std::vector<std::string>& arguments);

/// `capmin export`: writes a profile's set as another tool spells it, to a file of its own or into
/// an existing one. Warnings and notes go to standard error. Returns kDone. Throws Error kUsage for
/// what is no profile or cannot be merged into, kOutput where the result cannot be written.
ExitCode export_command(const std::vector<std::string>& arguments);

/// The guardian that EngineGuardian starts: waits for its owner's end, and removes what that one
/// left. An engine that does not answer is asked again for a minute.
ExitCode guardian_command(const std::vector<std::string>& arguments);

/// `capmin merge`: joins the results of the shards of a batch. Returns the exit status or throws
/// Error.
ExitCode merge_command(const std::vector<std::string>& arguments);

/// `capmin report`: turns profiles into a document for reviewers. Returns kDone. Throws Error
/// kUsage for files that are no profiles, kOutput where the document cannot be written.
ExitCode report_command(const std::vector<std::string>& arguments);

/// `capmin rules`: lists the rules, checks a rule file, or shows what its rules make of a log.
/// Returns the exit status or throws Error.
ExitCode rules_command(const std::vector<std::string>& arguments);

/// The engine's commands of the first two trials of `plan`, as a person can paste them into a
/// shell.
std::string dry_run_text(const RunPlan& plan, const Engine& engine);

/// `capmin run`: finds, proves and writes the minimal set of an image. Returns the exit status or
/// throws Error.
ExitCode run_command(const std::vector<std::string>& arguments);

/// `capmin verify`: says of profiles whether they still hold. Returns the exit status or throws
/// Error.
ExitCode verify_command(const std::vector<std::string>& arguments);

}  // namespace capmin
