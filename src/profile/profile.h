#pragma once

#include "core/capability.h"
#include "core/container_options.h"
#include "core/enum_words.h"
#include "core/planner.h"
#include "core/trace.h"
#include "core/trial.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// How the probe is asked.
enum class ProbeKind {
  kFile,         ///< a script on the host
  kCommand,      ///< a line for the host's shell
  kExec,         ///< the script inside the container
  kExecCommand,  ///< a line for the container's shell
  kNetwork,      ///< a request of HTTP, or a TCP connection
  kHealthcheck,  ///< the image's own
  kExit,         ///< none: the container ends with status 0
  kOneshot,      ///< a script, or a line, on the host, after the container has ended
};

/// The words for kinds of probes.
inline constexpr auto kProbeKinds = std::to_array<EnumWord<ProbeKind>>({
    {ProbeKind::kFile, "file"},
    {ProbeKind::kCommand, "command"},
    {ProbeKind::kExec, "exec"},
    {ProbeKind::kExecCommand, "exec-command"},
    {ProbeKind::kNetwork, "network"},
    {ProbeKind::kHealthcheck, "healthcheck"},
    {ProbeKind::kExit, "exit"},
    {ProbeKind::kOneshot, "oneshot"},
});

/// The word for a kind of probe.
constexpr std::string_view name_of(ProbeKind kind) {
  return word_of(kProbeKinds, kind);
}

/// Whether the companions of a service were new for each trial, or stayed up between them.
enum class CompanyState { kFresh, kKept };

/// The words for it.
inline constexpr auto kCompanyStates = std::to_array<EnumWord<CompanyState>>({
    {CompanyState::kFresh, "fresh"},
    {CompanyState::kKept, "kept"},
});

/// What became of a stack as a whole, brought up with the new sets of all services at once.
enum class JointProof {
  kUntried,  ///< it was not brought up so, or nothing could be told
  kPassed,   ///< every probe passed
  kFailed,   ///< some probe did not
};

/// The words for it.
inline constexpr auto kJointProofs = std::to_array<EnumWord<JointProof>>({
    {JointProof::kUntried, "untried"},
    {JointProof::kPassed, "passed"},
    {JointProof::kFailed, "failed"},
});

/// The document a person reviews: the set, the proof, the reasons, the environment it holds in.
/// Texts are as they are to be read (sanitized, unescaped); escaping belongs to the formats.
struct Profile {
  struct Image {
    std::string reference;  ///< as the user wrote it
    std::string digest;     ///< of the registry; empty for an image that never was in one
    std::string id;         ///< "sha256:..."
    std::string platform;   ///< "linux/amd64"
    std::string user;       ///< as the image or the options name it; empty is root
    friend bool operator==(const Image&, const Image&) = default;
  };
  /// A capability that is needed only where a condition holds.
  struct Conditional {
    Capability name{};
    std::string when;
    friend bool operator==(const Conditional&, const Conditional&) = default;
  };
  /// One grant that was tried; `times` completed trials agreed, the first one was `trial`.
  struct Attempt {
    int trial = 0;
    CapabilitySet grant;
    std::optional<Capability> without;  ///< in failed attempts: the member that was left out
    int times = 1;
    std::optional<int> exit;  ///< the container's exit status, where it ended by itself
    std::string ending;       ///< in words, e.g. "the container exited with status 1"
    friend bool operator==(const Attempt&, const Attempt&) = default;
  };
  /// Checks of a capability by the kernel, for one system call of processes of one name.
  struct Check {
    std::string call;     ///< the system call's name; empty outside of any
    std::string process;  ///< the name that the process had
    CheckResult result = CheckResult::kGranted;
    friend bool operator==(const Check&, const Check&) = default;
  };
  /// Why a member is needed.
  struct Reason {
    Capability name{};
    std::string rule;    ///< id of the rule; empty when no rule matched
    std::string line;    ///< what the failing trial printed; may be empty
    std::string advice;  ///< how to avoid the need; may be empty
    /// What the kernel denied in the trial without it, or else granted in the baseline, most
    /// telling first; empty where the kernel was not watched.
    std::vector<Check> checks{};
    friend bool operator==(const Reason&, const Reason&) = default;
  };
  struct Probe {
    ProbeKind kind = ProbeKind::kFile;
    std::string path;    ///< of the script, as the user wrote it; empty where there is none
    std::string sha256;  ///< of the script; empty where there is none
    std::vector<std::string> scenario;  ///< the phases that were probed, in order
    std::string check{};    ///< the address, or the line for a shell; empty where there is none
    std::string expect{};   ///< what the body of the reply must hold
    int expect_status = 0;  ///< what its status must be; 0: 200 to 299
    bool insecure = false;  ///< whether any certificate will do
    friend bool operator==(const Probe&, const Probe&) = default;
  };
  /// The user's program that put back, before each trial, what lies outside of the containers.
  struct Reset {
    std::string path;    ///< as the user wrote it; empty where there is none
    std::string sha256;  ///< of the file
    friend bool operator==(const Reset&, const Reset&) = default;
  };
  /// The stack that the image is a service of.
  struct Stack {
    std::vector<std::string> files;       ///< of Compose, as the user wrote them
    std::string project_directory;        ///< as the user wrote it; empty: where the first file is
    std::string env_file;                 ///< as the user wrote it; empty without
    std::vector<std::string> profiles;    ///< of Compose
    std::string service;                  ///< empty where the profile is of no stack
    std::vector<std::string> companions;  ///< the services that were up in its trials
    CompanyState company = CompanyState::kFresh;
    bool keeps_volumes = false;
    JointProof joint = JointProof::kUntried;
    /// Services with whose new sets this one does not work, or that do not with its own.
    std::vector<std::string> disagrees;
    friend bool operator==(const Stack&, const Stack&) = default;
  };
  struct Environment {
    Dialect engine = Dialect::kDocker;
    std::string version;  ///< of the engine
    std::string runtime;
    std::string kernel;
    std::string seccomp;
    bool rootless = false;
    std::string network;
    Ports ports = Ports::kPortable;
    /// Set by capmin inside the container. Names are short: YAML keys end at 1024 characters.
    std::map<std::string, std::string> sysctls;
    std::vector<std::string> options;  ///< the user's run options; names of variables, never values
    std::vector<std::string> command;  ///< the user's command in place of the image's own
    /// What stands here, or as the probe's path, in other words than the user's, because it had to
    /// be cleaned: names of options, "command", "probe", "reset". It cannot be run again from here.
    std::vector<std::string> altered;
    /// Whether the engine maps root of its containers to another user of the host (dockerd
    /// --userns-remap); nothing where the engine does not tell, and in profiles of before.
    std::optional<bool> userns_remap = {};
    friend bool operator==(const Environment&, const Environment&) = default;
  };
  /// How trials were judged and what was asked for: what it takes to do the same again.
  struct Judgement {
    CapabilitySet ceiling;             ///< the largest grant that trials could use
    Level level = Level::kOneMinimal;  ///< what was asked for
    int confirm = 1;
    bool strict = false;
    std::string timeout;  ///< as in --timeout, e.g. "1500ms"; empty where it was derived
    std::string settle;   ///< as in --settle; empty without
    friend bool operator==(const Judgement&, const Judgement&) = default;
  };
  /// A row of the search's picture: the trials with one grant that ended alike, those under the
  /// engine's own settings apart. What a person looks at; the proof stands in `passed` and
  /// `failed`.
  struct Step {
    int trial = 0;                       ///< number of the first one
    Purpose purpose = Purpose::kSearch;  ///< of the first one
    CapabilitySet grant;
    Verdict verdict = Verdict::kUndecided;
    int times = 1;
    friend bool operator==(const Step&, const Step&) = default;
  };
  /// How often a check of a reason was seen. Not beside the reason, because it differs from run to
  /// run.
  struct Count {
    Capability name{};
    int trial = 0;  ///< in which it was seen
    Check check;
    int count = 0;
    friend bool operator==(const Count&, const Count&) = default;
  };
  /// A check that the baseline was granted, of a capability that is no member.
  struct Unneeded {
    Capability name{};
    std::string call;
    std::string process;
    int count = 0;                      ///< in the baseline
    std::optional<CheckResult> result;  ///< with the set; nothing where it was not asked for
    friend bool operator==(const Unneeded&, const Unneeded&) = default;
  };
  struct Run {
    std::string capmin;  ///< version
    std::string at;      ///< end of the run, RFC 3339, UTC
    int trials = 0;      ///< containers that were started
    int floor = 0;       ///< the fewest that could have proven this: members + 1
    double seconds = 0;
    double deadline_seconds = 0;       ///< after which a trial counted as failed
    std::vector<Count> checks{};       ///< by name, then as in the reasons
    std::vector<Unneeded> unneeded{};  ///< by name, most telling first
    friend bool operator==(const Run&, const Run&) = default;
  };

  Image image;
  CapabilitySet add;
  std::vector<Conditional> conditional;
  /// The level that was reached; nothing for a set that passes, but whose proof the deadline or the
  /// trial budget cut short: "incomplete".
  std::optional<Level> guarantee = Level::kOneMinimal;
  std::vector<Attempt> passed;
  std::vector<Attempt> failed;
  /// Members whose removal from the whole ceiling failed: every working set holds them, if ...
  std::vector<Attempt> essential;
  /// Failed grants: every working set holds something that they lack, if ...
  std::vector<Attempt> cuts;
  /// ... this holds. What the guarantee takes for granted; empty where it rests on trials alone.
  std::string assumption;
  /// Other minimal sets: of each the trial in which it passed.
  std::vector<Attempt> alternatives;
  /// Where no alternative is given: a pass that lacks a member of `add`, so that another minimal
  /// set lies inside it, if a superset of a passing set passes.
  std::optional<Attempt> other_pass;
  std::vector<Reason> reasons;  ///< one for each member of `add`
  std::vector<std::string> warnings;
  Probe probe;
  Reset reset;
  Stack stack;
  Environment environment;
  std::optional<Judgement> judgement;  ///< nothing in profiles of before it was written down
  std::vector<Step> search;  ///< every finished trial; empty where the profile does not tell
  Run run;
  friend bool operator==(const Profile&, const Profile&) = default;
};

/// The words for what a profile promises, weakest first.
inline constexpr auto kGuarantees = std::to_array<EnumWord<std::optional<Level>>>({
    {std::nullopt, "incomplete"},
    {Level::kOneMinimal, name_of(Level::kOneMinimal)},
    {Level::kUnique, name_of(Level::kUnique)},
    {Level::kLeastRisk, name_of(Level::kLeastRisk)},
    {Level::kAllMinimal, name_of(Level::kAllMinimal)},
});

/// The word for what the profile promises.
std::string guarantee_word(const Profile& profile);

/// The members that are needed only under a condition.
CapabilitySet conditional_set(const Profile& profile);

/// Whether its search came to an end; the guarantee else is "incomplete".
bool is_complete(const Profile& profile);

}  // namespace capmin
