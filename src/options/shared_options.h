#pragma once

#include "engine/choice.h"
#include "options/option_table.h"

#include <string>

namespace capmin {

/// When the engine fetches an image.
enum class Pull { kNever, kMissing, kAlways };

/// How much is printed while a command works.
enum class Verbosity { kQuiet, kNormal, kVerbose };

/// When output is coloured.
enum class Color { kAuto, kAlways, kNever };

/// What is looked at to order what is tried. Nothing of it decides.
enum class EvidenceSource {
  kAuto,    ///< the kernel where it can be, else the logs
  kLogs,    ///< what containers print
  kKernel,  ///< what they ask of the kernel as well, see TracerAttachment
  kStrace,  ///< which of their system calls fail as well, see Strace
};

/// --engine, of which help says `engine_says`, --host, --context and --engine-timeout.
OptionRows engine_options(EngineRequest& request, const char* engine_says = "as for capmin run");

/// --pull.
OptionRows pull_options(Pull& pull, const char* says);

/// --rules, which names a rule file.
OptionRows rules_options(std::string& rules);

/// --quiet, of which help says `quiet_says`.
OptionRows quiet_options(Verbosity& verbosity, const char* quiet_says = "print the answer only");

/// --verbose.
OptionRows verbose_options(Verbosity& verbosity);

/// --color and --no-color.
OptionRows color_options(Color& color);

/// What --evidence takes. Throws Error kUsage, with the reason, for "strace-inside".
EvidenceSource evidence_of(const GivenOption& given);

}  // namespace capmin
