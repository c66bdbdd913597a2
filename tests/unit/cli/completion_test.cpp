#include "cli/completion.h"

#include "cli/commands.h"
#include "options/command_options.h"
#include "options/option_table.h"
#include "options/run_options.h"
#include "options/verify_options.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Words = std::vector<std::string>;

/// Parses `fixed` and each word that a shell would offer for an option of `options`; returns how
/// many there were.
template <typename Parse>
int parse_offered(const OptionRows& options, const Words& fixed, Parse parse) {
  int count = 0;
  for (const Option& option : options) {
    for (const std::string& word : choices_for_value(option.value.offered()).words) {
      CAPTURE(option.name);
      CAPTURE(word);
      Words arguments;
      for (const std::string& argument : fixed) {
        if (!argument.starts_with("--" + option.name + '=')) arguments.push_back(argument);
      }
      arguments.push_back("--" + option.name + '=' + word);
      CHECK_NOTHROW(parse(arguments));
      ++count;
    }
  }
  return count;
}

TEST_CASE("each word that is offered for an option is one that the option takes") {
  CHECK(parse_offered(table_for<RunOptions>().rows(), {"image:1", "--probe=exit"},
                      parse_run_options) == 19);
  CHECK(parse_offered(table_for<VerifyOptions>().rows(), {"p.yaml"}, parse_verify_options) == 14);
  CHECK(parse_offered(table_for<DiffOptions>().rows(), {"a.yaml", "b.yaml"}, parse_diff_options) ==
        4);
  CHECK(parse_offered(table_for<ReportOptions>().rows(), {"p.yaml"}, parse_report_options) == 6);
  CHECK(parse_offered(table_for<DoctorOptions>().rows(), {}, parse_doctor_options) == 5);
  OptionRows of_container = table_for<ExplainOptions>().rows();
  std::erase_if(of_container, [](const Option& option) { return option.name == "format"; });
  CHECK(parse_offered(of_container, {"--container=web"}, parse_explain_options) == 3);
  CHECK(parse_offered(table_for<ExportOptions>().rows(), {"p.yaml", "--format=compose"},
                      parse_export_options) == 14);
}

TEST_CASE("the name of a value tells what it may be") {
  const Choices probe = choices_for_value("FILE|healthcheck|exit");
  CHECK(probe.words == Words{"healthcheck", "exit"});
  CHECK(probe.files);
  CHECK_FALSE(probe.capabilities);
  CHECK(choices_for_value("CAP[,CAP]").capabilities);
  const Choices volume = choices_for_value("[SOURCE:]TARGET[:ro]");
  CHECK(volume.words.empty());
  CHECK_FALSE(volume.files);
}

TEST_CASE("usage lines tell what may stand behind a command") {
  const CompletedCommand rules = completed_command(
      "rules",
      "usage: capmin rules list [--rules FILE]\n       capmin rules test FILE LOG\n\nText.", {});
  CHECK(rules.first.words == Words{"list", "test"});
  CHECK_FALSE(rules.first.files);
  CHECK(rules.rest.files);
  CHECK(rules.rest.words.empty());
  const CompletedCommand explain =
      completed_command("explain", "usage: capmin explain CAPABILITY... | MASK...\n\nText.", {});
  CHECK(explain.first.capabilities);
  CHECK(explain.rest.capabilities);
  CHECK_FALSE(explain.first.files);
  const CompletedCommand run =
      completed_command("run", "usage: capmin run IMAGE --probe FILE [-- COMMAND]\n\nText.", {});
  CHECK_FALSE(run.first.files);
  CHECK_FALSE(run.rest.files);
}

TEST_CASE("a command's summary stands behind it or on the next line") {
  const std::string overview =
      "  capmin run IMAGE [options]\n          find the set\n  capmin version         the "
      "version\n";
  CHECK(summary_in(overview, "run") == "find the set");
  CHECK(summary_in(overview, "version") == "the version");
  CHECK(summary_in(overview, "ver").empty());
}

}  // namespace
}  // namespace capmin
