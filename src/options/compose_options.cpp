#include "options/compose_options.h"

#include "core/container_options.h"
#include "core/error.h"
#include "options/option_entry.h"
#include "text/quote.h"
#include "text/spelling.h"

#include <algorithm>

namespace capmin {
namespace {

using std::string;
using std::vector;

/// A name of a service (Compose file reference: letters, digits, ".", "_" and "-").
bool is_service_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
  });
}

OptionValue takes_files(const char* name, vector<string>& files) {
  return {name, [&files](const GivenOption& given) {
            if (given.value.empty()) given.refuse("a file without a name is given");
            files.push_back(given.value);
          }};
}

OptionValue takes_service(vector<string>& services) {
  return {"SERVICE", [&services](const GivenOption& given) {
            if (!is_service_name(given.value)) {
              given.refuse("'" + given.value + "' is no service's name");
            }
            services.push_back(given.value);
          }};
}

OptionValue takes_probe(ComposeOptions& options) {
  return {"[SERVICE=]FILE", [&options](const GivenOption& given) {
            const std::size_t sign = given.value.find('=');
            const string service = given.value.substr(0, sign);
            const bool is_for_one = sign != string::npos && is_service_name(service);
            string& probe = is_for_one ? options.probes[service] : options.probe;
            if (!probe.empty()) {
              given.refuse("more than one probe is given for " +
                           (is_for_one ? service : "all services"));
            }
            probe = is_for_one ? given.value.substr(sign + 1) : given.value;
            if (probe.empty()) given.refuse("--probe names no file");
          }};
}

/// The same rows; what is given of them is kept in `words`, too.
OptionRows kept(OptionRows rows, vector<string>& words) {
  for (Option& row : rows) {
    row.value.read = [read = row.value.read, is_flag = row.value.name.empty(),
                      &words](const GivenOption& given) {
      if (is_flag) {
        words.push_back("--" + given.name);
      } else {
        append_option("--" + given.name, given.value, words);
      }
      read(given);
    };
  }
  return rows;
}

OptionRows stack_rows(ComposeOptions& options) {
  return {
      {"file,f", takes_files("FILE", options.files.files),
       "a Compose file; several are joined as Compose joins them"},
      {"project-directory", takes_text("DIRECTORY", options.files.project_directory),
       "where relative paths of the files begin (default: where the first file is)"},
      {"env-file", takes_text("FILE", options.files.env_file),
       "variables for the files (default: .env of that directory)"},
      {"profile", takes_texts("NAME", options.files.profiles), "a profile of Compose to enable"},
      {"service,s", takes_service(options.services),
       "minimize this service alone; several times for several"},
      {"no-build", sets(options.builds, false), "do not build images, take those that are there"},
  };
}

OptionRows trial_rows(ComposeOptions& options) {
  return {
      {"probe", takes_probe(options),
       "the probe of a service, as capmin run takes it; without SERVICE= of all that have no "
       "other"},
      {"keep-company", sets(options.keeps_company),
       "let the services that one depends on stay up between its trials: faster, but what one "
       "trial "
       "leaves in them reaches the next"},
      {"keep-volumes", sets(options.keeps_volumes),
       "use external volumes and writable host directories as they are; otherwise each trial has "
       "fresh volumes, and copies of the directories"},
  };
}

OptionRows result_rows(ComposeOptions& options) {
  return {
      {"output,o", takes_text("DIRECTORY", options.directory),
       "write a profile of each service here, and a report of all"},
      {"in-place", sets(options.in_place),
       "write cap_drop and cap_add of each service into the files; every other byte stays as it "
       "is"},
  };
}

}  // namespace

OptionTable table_of(ComposeOptions& options) {
  return {"compose",
          takes_files("compose-file", options.files.files),
          {{"Stack", stack_rows(options)},
           {"Trials", trial_rows(options)},
           {"Result", result_rows(options)},
           {"Each search, as with capmin run",
            kept(rows_for_searches(options.common), options.search)}}};
}

ComposeOptions parse_compose_options(const vector<string>& arguments) {
  ComposeOptions options;
  const OptionTable table = table_of(options);
  read_options(table, arguments);
  if (options.files.files.empty()) {
    usage_error("no Compose file is given", "capmin compose compose.yaml");
  }
  if (options.common.evidence == EvidenceSource::kStrace) {
    usage_error("strace cannot look on in a stack: Compose makes its containers",
                "use --evidence kernel");
  }
  return options;
}

vector<string> words_of_settings(const YamlNode& settings, const string& service,
                                 const string& source) {
  vector<string> words;
  const YamlReader reader(source);
  for (const YamlEntry& entry : settings.entries) {
    const Option* const option = find_judging_option(entry.key);
    if (option == nullptr) {
      fail_at(source, entry.position,
              "x-capmin of the service " + service + ": unknown key " + excerpt(entry.key),
              "keys are the options of capmin run about the probe, the ceiling and the judgement, "
              "without dashes");
    }
    append_entry(entry, *option, reader, words);
  }
  return words;
}

}  // namespace capmin
