#include "options/verify_options.h"

namespace capmin {
namespace {

using std::string;
using Update = VerifyOptions::Update;

OptionValue asks_for(Update asked, Update& update) {
  return {"", [asked, &update](const GivenOption& given) {
            if (update != Update::kNone && update != asked) {
              given.refuse("--update and --in-place exclude each other");
            }
            update = asked;
          }};
}

/// Of what `capmin run` takes, which has the reasons of what it refuses.
OptionValue takes_evidence(EvidenceSource& evidence) {
  return {"auto|logs|kernel", [&evidence](const GivenOption& given) {
            evidence = evidence_of(given);
            if (evidence != EvidenceSource::kStrace) return;
            usage_error(
                "capmin verify does not look on with strace: it tells whether the set works as it "
                "is run, and strace changes that",
                "use --evidence kernel, or search anew with capmin run --evidence strace");
          }};
}

}  // namespace

OptionTable table_of(VerifyOptions& options) {
  constexpr OptionScope kCommandLine = OptionScope::kCommandLine;
  return option_table(
      "verify", takes_texts("profile", options.profiles),
      rows_of({
          {{"full", sets(options.full),
            "prove every member of the set again; what could be dropped is loose"},
           {"update", asks_for(Update::kBeside, options.update),
            "where anything changed, search anew, starting with the profile's set, and write the "
            "new profile beside the old one, as PROFILE.new",
            kCommandLine},
           {"in-place", asks_for(Update::kInPlace, options.update),
            "the same, but write it over the old one", kCommandLine},
           {"image", takes_text("IMAGE", options.image),
            "verify this image in place of the profile's"},
           {"probe", takes_text("FILE", options.probe),
            "the probe's file, where it does not lie where the profile says"},
           {"reset", takes_text("FILE", options.reset),
            "the file that puts back what trials change outside of the containers, where it does "
            "not lie where the profile says, or for a profile that names none"},
           {"env,e", takes_texts("NAME[=VALUE]", options.variables),
            "the value of a variable that a profile names (default: that of the environment)"},
           {"env-file", takes_texts("FILE", options.env_files), "read such values from a file"},
           {"confirm", takes_number(options.confirm, 1, 10),
            "trials that must agree (default: as in the profile)"},
           {"timeout", takes_time(options.timeout),
            "a trial's longest wait (default: as in the profile)"},
           {"deadline", takes_time(options.budget.time),
            "end the trials of a profile after this time"},
           {"max-trials", takes_number(options.budget.trials, 1, 100'000),
            "start at most so many containers for a profile"},
           {"jobs,j", takes_number(options.jobs, 1, 64),
            "trials side by side, with --full (default: 1), as with capmin run"}},
          rules_options(options.rules),
          {{"evidence", takes_evidence(options.evidence), "as with capmin run (default: auto)"}},
          engine_options(options.engine, "(default: the profile's)"),
          pull_options(options.pull, "when to fetch an image (default: missing)"),
          {{"format", takes_word(options.json, {{"text", false}, {"json", true}}),
            "of the answer (default: text)", kCommandLine}},
          quiet_options(options.verbosity),
          verbose_options(options.verbosity),
          color_options(options.color),
      }));
}

VerifyOptions parse_verify_options(const std::vector<string>& arguments) {
  VerifyOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  if (options.profiles.empty()) {
    usage_error("capmin verify needs a profile", "capmin verify PROFILE...");
  }
  const auto check = [&](const char* option, const string& value) {
    if (value.empty() || options.profiles.size() == 1) return;
    usage_error(string(option) + " goes with one profile", table.hint());
  };
  check("--image", options.image);
  check("--probe", options.probe);
  check("--reset", options.reset);
  return options;
}

}  // namespace capmin
