#include "options/shared_options.h"

namespace capmin {

OptionRows engine_options(EngineRequest& request, const char* engine_says) {
  return {{"engine",
           takes_word(request.dialect,
                      option_words<std::optional<Dialect>>(kDialects, {{"auto", std::nullopt}})),
           engine_says},
          {"host", takes_text("URL", request.host), "the engine's address, as docker --host"},
          {"context", takes_text("NAME", request.context), "as docker --context"},
          {"engine-timeout", takes_time(request.timeout),
           "give up a call of the engine after this time (default: 30s)"}};
}

OptionRows pull_options(Pull& pull, const char* says) {
  return {
      {"pull",
       takes_word(
           pull, {{"never", Pull::kNever}, {"missing", Pull::kMissing}, {"always", Pull::kAlways}}),
       says}};
}

OptionRows rules_options(std::string& rules) {
  return {{"rules", takes_text("FILE", rules),
           "ask the rules of this file first, see capmin help rules", OptionScope::kCommandLine}};
}

OptionRows quiet_options(Verbosity& verbosity, const char* quiet_says) {
  return {{"quiet,q", sets(verbosity, Verbosity::kQuiet), quiet_says, OptionScope::kCommandLine}};
}

OptionRows verbose_options(Verbosity& verbosity) {
  return {{"verbose,v", sets(verbosity, Verbosity::kVerbose), "print every call of the engine",
           OptionScope::kCommandLine}};
}

OptionRows color_options(Color& color) {
  return {
      {"color",
       takes_word(color,
                  {{"auto", Color::kAuto}, {"always", Color::kAlways}, {"never", Color::kNever}}),
       "colour the output", OptionScope::kCommandLine},
      {"no-color", sets(color, Color::kNever),
       "the same as --color never, or NO_COLOR in the environment", OptionScope::kCommandLine}};
}

EvidenceSource evidence_of(const GivenOption& given) {
  if (given.value == "strace-inside") {
    usage_error(
        "--evidence strace-inside is refused: a program that is traced inside its container loses "
        "its file capabilities when it is executed, so that tracing changes what it measures",
        "--evidence kernel looks from outside");
  }
  return chosen_word<EvidenceSource>(given, {{"auto", EvidenceSource::kAuto},
                                             {"logs", EvidenceSource::kLogs},
                                             {"kernel", EvidenceSource::kKernel},
                                             {"strace", EvidenceSource::kStrace}});
}

}  // namespace capmin
