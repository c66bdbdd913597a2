#include "cli/commands.h"
#include "core/error.h"
#include "export/merge.h"
#include "profile/profile_yaml.h"
#include "run/option_values.h"
#include "system/file.h"
#include "text/quote.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;

constexpr const char* kHint = "see capmin export --help";
constexpr std::string_view kCompose = "compose";
constexpr std::string_view kKubernetes = "kubernetes";

std::string formats(const char* between) {
  std::string words;
  for (const Target& target : targets()) {
    words.append(words.empty() ? "" : between).append(target.format);
  }
  return words;
}

po::options_description table() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("format", text("FORMAT"), "one of the formats below (needed)");
  options.add_options()(
      "style", text("drop-all|drop-unneeded"),
      "drop ALL and add what is needed (default), or drop by name what is granted "
      "by default and not needed");
  options.add_options()(
      "merge", text("FILE"),
      "put the set alone into a service of this Compose file, or a container of this "
      "Kubernetes manifest, and leave everything else as it is");
  options.add_options()("service", text("NAME"),
                        "compose: the service (with --merge needed only where there are several)");
  options.add_options()("container", text("NAME"),
                        "kubernetes: the container (with --merge needed only where there are "
                        "several; KIND/WORKLOAD/NAME, such as Deployment/web/server, where several "
                        "have its name)");
  options.add_options()("output,o", text("FILE"), "write here instead of to standard output");
  options.add_options()("in-place", "write into the file of --merge");
  options.add_options()("help,h", "print this");
  return options;
}

/// A name of a service in Compose, or of a container in Kubernetes (a label of RFC 1123), which
/// may stand behind those of its namespace, kind and workload.
void check_name(const std::string& option, const std::string& name) {
  const bool service = option == "service";
  const auto takes = [](char letter, bool all) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' ||
           (all && ((letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '_'));
  };
  const std::size_t slash = service ? std::string::npos : name.rfind('/');
  const std::string own = slash == std::string::npos ? name : name.substr(slash + 1);
  const std::string before = slash == std::string::npos ? "" : name.substr(0, slash);
  const bool fits = std::ranges::all_of(own, [&](char letter) { return takes(letter, service); }) &&
                    std::ranges::all_of(
                        before, [&](char letter) { return letter == '/' || takes(letter, true); });
  if (own.empty() || !fits) {
    usage_error("--" + option + " takes " +
                    (service ? "letters, digits, '.', '_' and '-'"
                             : "lower-case letters, digits and '-', and with --merge "
                               "KIND/WORKLOAD/NAME"),
                kHint);
  }
}

/// Takes the options one by one and judges them together.
class Reader {
 public:
  void read(const GivenOption& option) {
    const auto& [name, value] = option;
    if (std::ranges::find(seen_, name) != seen_.end()) {
      usage_error(name == "profile" ? "'" + value + "' is one profile too many"
                                    : "--" + name + " is given twice",
                  kHint);
    }
    seen_.push_back(name);
    if (name == "profile") {
      options_.profile = value;
    } else if (name == "format") {
      options_.target = target_named(value);
      if (options_.target == nullptr) not_taken(name, value, formats(", "));
    } else if (name == "style") {
      options_.style = chosen<ExportStyle>(
          name, value,
          {{"drop-all", ExportStyle::kDropAll}, {"drop-unneeded", ExportStyle::kDropUnneeded}});
    } else if (name == "service" || name == "container") {
      check_name(name, value);
      options_.name = value;
    } else if (name == "in-place") {
      in_place_ = true;
    } else {
      if (value.empty()) usage_error("--" + name + " is empty", kHint);
      (name == "merge" ? options_.merge : options_.output) = value;
    }
  }

  ExportOptions finish() {
    if (options_.profile.empty()) usage_error("no profile is given", kHint);
    if (options_.target == nullptr) {
      usage_error("no format is given", "add --format with one of " + formats(", "));
    }
    check_goes_with("service", kCompose);
    check_goes_with("container", kKubernetes);
    if (!options_.merge.empty() && options_.target->format != kCompose &&
        options_.target->format != kKubernetes) {
      usage_error("--merge goes with --format compose and --format kubernetes only", kHint);
    }
    if (options_.merge.empty() && options_.name.find('/') != std::string::npos) {
      usage_error("--container KIND/WORKLOAD/NAME goes with --merge FILE", kHint);
    }
    if (in_place_) {
      if (options_.merge.empty()) usage_error("--in-place goes with --merge FILE", kHint);
      if (!options_.output.empty()) usage_error("--in-place and -o exclude each other", kHint);
      options_.output = options_.merge;
    }
    return std::move(options_);
  }

 private:
  void check_goes_with(const std::string& option, std::string_view format) const {
    const bool given = std::ranges::find(seen_, option) != seen_.end();
    if (given && options_.target->format != format) {
      usage_error("--" + option + " goes with --format " + std::string(format) + " only", kHint);
    }
  }

  ExportOptions options_;
  std::vector<std::string> seen_;
  bool in_place_ = false;
};

}  // namespace

ExportOptions parse_export_options(const std::vector<std::string>& arguments) {
  Reader reader;
  for (const GivenOption& option : given_options(arguments, table(), "profile", kHint)) {
    reader.read(option);
  }
  return reader.finish();
}

std::vector<ListedOption> export_option_list() {
  std::vector<ListedOption> options = listed(table());
  std::ranges::find(options, "format", &ListedOption::name)->value = formats("|");
  return options;
}

std::string export_help() {
  std::ostringstream options;
  options << table();
  std::string text = help_text("export", options.str());
  constexpr std::string_view kFormats = "{formats}\n";
  std::string formats;
  for (const Target& target : targets()) {
    std::string word(target.format);
    word.resize(14, ' ');
    formats += "  " + word + std::string(target.what) + (target.granted.empty() ? "" : " *") + '\n';
  }
  return text.replace(text.find(kFormats), kFormats.size(), formats);
}

namespace {

void say(const char* what, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const std::string text = std::string(what) + shown(line) + '\n';
    static_cast<void>(std::fputs(text.c_str(), stderr));
  }
}

}  // namespace

ExitCode export_command(const std::vector<std::string>& arguments) {
  const ExportOptions options = parse_export_options(arguments);
  const std::string bytes = read_file(options.profile);
  const Profile profile = profile_from_yaml(bytes, options.profile);
  const ExportRequest request{options.style, options.name, sha256(bytes)};
  const Exported exported = options.merge.empty()
                                ? export_profile(profile, *options.target, request)
                                : merge_profile(profile, *options.target, request,
                                                {read_file(options.merge), options.merge});
  say("warning: ", exported.warnings);
  say("note: ", exported.notes);
  if (options.output.empty()) {
    write_standard_output(exported.text);
  } else {
    write_file(options.output, exported.text);
  }
  return ExitCode::kDone;
}

}  // namespace capmin
