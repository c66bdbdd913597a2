#include "batch/batch_file.h"

#include "core/container_options.h"
#include "core/error.h"
#include "document/fields.h"
#include "document/strict_yaml.h"
#include "options/option_entry.h"
#include "options/option_table.h"
#include "text/quote.h"
#include "text/spelling.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

namespace capmin {
namespace {

using Arguments = std::vector<std::string>;

constexpr std::size_t kLongestName = 100;

/// Keys that are no options.
constexpr std::array<std::string_view, 7> kNoOptions{"name",    "image",   "profile", "mode",
                                                     "command", "compose", "service"};

template <typename Words>
bool is_among(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

const Option* find_option(const std::string& key, bool is_verify) {
  if (is_among(kNoOptions, key)) return nullptr;
  return (is_verify ? table_for<VerifyOptions>() : table_for<RunOptions>()).find(key);
}

/// The option that `key` is in a job of this mode; nothing where it is none.
const Option* job_option(const std::string& key, bool is_verify) {
  const Option* const option = find_option(key, is_verify);
  return option != nullptr && option->scope == OptionScope::kSearch ? option : nullptr;
}

/// Whether options are called so that are the batch's own affair.
bool is_of_the_batch(const std::string& key) {
  return (find_option(key, false) != nullptr || find_option(key, true) != nullptr) &&
         job_option(key, false) == nullptr && job_option(key, true) == nullptr;
}

class BatchReader {
 public:
  explicit BatchReader(std::string_view source) : source_(source), read_(source) {}

  std::vector<BatchJob> batch(const YamlNode& document) {
    read_.map(document, {"apiVersion", "kind", "defaults", "jobs"});
    check_word(read_.at(document, "apiVersion"), "capmin/v1");
    check_word(read_.at(document, "kind"), "Batch");
    if (const YamlNode* const defaults = read_.find(document, "defaults")) {
      for (const YamlEntry& entry : read_.entries(*defaults)) {
        check_default(entry);
        defaults_[entry.key] = &entry;
      }
    }
    const YamlNode& list = read_.at(document, "jobs");
    std::vector<BatchJob> jobs;
    for (const YamlNode& item : read_.items(list)) {
      jobs.push_back(job(item));
    }
    if (jobs.empty()) read_.fail(list, "there are no jobs");
    return jobs;
  }

 private:
  void check_word(const YamlNode& node, std::string_view word) const {
    if (read_.text(node) == word) return;
    read_.fail(node, "expected " + std::string(word) + ", found " + excerpt(node.text));
  }

  void check_default(const YamlEntry& entry) const {
    if (entry.key == "mode") {
      read_mode(entry.value);
    } else if (job_option(entry.key, false) == nullptr && job_option(entry.key, true) == nullptr) {
      unknown(entry, false, "a default is \"mode\" or an option of a job");
    }
  }

  [[noreturn]] void unknown(const YamlEntry& entry, bool is_verify, const std::string& hint) const {
    std::vector<std::string_view> keys(kNoOptions.begin(), kNoOptions.end());
    const OptionTable& table = is_verify ? table_for<VerifyOptions>() : table_for<RunOptions>();
    const OptionRows rows = rows_of({table.rows(), table.others});
    for (const Option& row : rows) {
      if (job_option(row.name, is_verify) != nullptr) keys.emplace_back(row.name);
    }
    fail_at(source_, entry.position, "unknown key " + excerpt(entry.key),
            is_of_the_batch(entry.key) ? "that is no job's own: see capmin batch --help"
                                       : hint_for(entry.key, keys, hint));
  }

  BatchJob job(const YamlNode& node) {
    read_.entries(node);
    BatchJob job;
    job.position = node.position;
    job.name = name(read_.at(node, "name"));
    const bool is_verify = mode(node) == JobMode::kVerify;
    job.profile = scalar(read_.at(node, "profile"));
    const Arguments options = option_arguments(node, is_verify);
    try {
      if (is_verify) {
        job.options = verify_options(node, options);
      } else if (const YamlNode* const file = read_.find(node, "compose")) {
        job.service = service(node, *file, options);
        job.options = parse_run_options(with_image("stack", options));
      } else {
        job.options = run_options(node, options);
      }
    } catch (const Error& error) {
      fail_at(source_, node.position, "job " + job.name + ": " + error.what(), error.hint());
    }
    if (!is_verify) check_profile(job, node);
    return job;
  }

  std::string name(const YamlNode& node) {
    std::string name = scalar(node);
    if (!is_job_name(name)) {
      read_.fail(node, excerpt(name) + " is no job's name",
                 "names are made of letters, digits, \".\", \"_\" and \"-\"");
    }
    if (!names_.insert(name).second) read_.fail(node, "the name " + name + " stands twice");
    return name;
  }

  JobMode read_mode(const YamlNode& node) const {
    JobMode mode{};
    AsWord{kJobModes}.read(node, read_, mode);
    return mode;
  }

  JobMode mode(const YamlNode& node) const {
    if (const YamlNode* const own = read_.find(node, "mode")) return read_mode(*own);
    const auto common = defaults_.find("mode");
    if (common != defaults_.end()) return read_mode(common->second->value);
    read_.fail(node, "the key \"mode\" is missing", "it is minimize or verify");
  }

  /// The job's options as arguments: its own, and those defaults that it does not set and that its
  /// mode has.
  Arguments option_arguments(const YamlNode& node, bool is_verify) const {
    Arguments arguments;
    for (const auto& [key, entry] : defaults_) {
      const Option* const option = job_option(key, is_verify);
      const bool is_files = read_.find(node, "compose") != nullptr && is_about_container(key);
      if (option != nullptr && !is_files && read_.find(node, key) == nullptr) {
        append_entry(*entry, *option, read_, arguments);
      }
    }
    for (const YamlEntry& entry : node.entries) {
      if (is_among(kNoOptions, entry.key)) continue;
      if (const Option* const option = job_option(entry.key, is_verify)) {
        append_entry(entry, *option, read_, arguments);
      } else if (is_verify && job_option(entry.key, false) != nullptr) {
        fail_at(source_, entry.position,
                "the key " + excerpt(entry.key) + " is not for mode verify",
                "a verification runs the image as its profile says");
      } else {
        unknown(entry, is_verify,
                is_verify ? "keys are the options of capmin verify without dashes"
                          : "keys are the options of capmin run without dashes");
      }
    }
    return arguments;
  }

  static Arguments with_image(const std::string& image, const Arguments& options) {
    Arguments arguments{image};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return arguments;
  }

  /// How the container of a service runs is in its Compose file.
  JobService service(const YamlNode& node, const YamlNode& file, const Arguments& options) const {
    for (const YamlEntry& entry : node.entries) {
      const bool is_containers = !is_among(kNoOptions, entry.key) && is_about_container(entry.key);
      if (entry.key == "image" || entry.key == "command" || is_containers) {
        fail_at(source_, entry.position,
                "the key " + excerpt(entry.key) + " does not go with compose",
                "how the container runs is said in the Compose file");
      }
    }
    JobService service{
        .file = scalar(file), .service = scalar(read_.at(node, "service")), .search = {}};
    for (auto word = options.begin(); word != options.end(); ++word) {
      if (*word == "--probe" && word + 1 != options.end()) {
        ++word;
      } else if (!word->starts_with("--probe=")) {
        service.search.push_back(*word);
      }
    }
    return service;
  }

  RunOptions run_options(const YamlNode& node, const Arguments& options) const {
    Arguments arguments = with_image(image(read_.at(node, "image")), options);
    if (const YamlNode* const command = read_.find(node, "command")) {
      arguments.emplace_back("--");
      for (const YamlNode& item : read_.items(*command)) {
        arguments.push_back(option_text(item, read_));
      }
    }
    RunOptions run = parse_run_options(arguments);
    if (!run.has_probe) {
      read_.fail(node, "no probe is given, and nothing else can tell whether the image works",
                 "give probe: FILE, probe: http://:PORT/, probe: healthcheck or probe: exit");
    }
    return run;
  }

  VerifyOptions verify_options(const YamlNode& node, const Arguments& options) const {
    if (const YamlNode* const command = read_.find(node, "command")) {
      read_.fail(*command, "a command is not for mode verify",
                 "a verification runs the image as its profile says");
    }
    // The path may begin with a dash; that of a file is known to the batch alone.
    Arguments arguments{"profile"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    if (const YamlNode* const other = read_.find(node, "image")) {
      append_option("--image", image(*other), arguments);
    }
    return parse_verify_options(arguments);
  }

  std::string image(const YamlNode& node) const {
    std::string image = scalar(node);
    if (image.starts_with('-')) read_.fail(node, excerpt(image) + " is no image's name");
    return image;
  }

  /// Two searches must not write one file.
  void check_profile(const BatchJob& job, const YamlNode& node) {
    const std::string path = std::filesystem::path(job.profile).lexically_normal().string();
    if (!written_.insert(path).second) {
      read_.fail(node, "another job finds the profile " + shown(job.profile) + ", too");
    }
  }

  /// A name or a path, which are texts whatever they look like, and not empty.
  std::string scalar(const YamlNode& node) const {
    std::string text = option_text(node, read_);
    if (text.empty()) read_.fail(node, "an empty text");
    return text;
  }

  std::string_view source_;
  YamlReader read_;
  std::map<std::string, const YamlEntry*> defaults_;
  std::set<std::string> names_;
  std::set<std::string> written_;
};

}  // namespace

bool is_job_name(std::string_view text) {
  const auto is_plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9');
  };
  return !text.empty() && text.size() <= kLongestName && is_plain(text.front()) &&
         std::ranges::all_of(text, [&](char letter) {
           return is_plain(letter) ||
                  std::string_view("._-").find(letter) != std::string_view::npos;
         });
}

std::string BatchJob::probe() const {
  if (const auto* const asked = std::get_if<VerifyOptions>(&options)) return asked->probe;
  const RunOptions& run = std::get<RunOptions>(options);
  return run.probe.has_file() ? run.probe_as_written : std::string();
}

const std::string& BatchJob::reset() const {
  return is_verify() ? std::get<VerifyOptions>(options).reset
                     : std::get<RunOptions>(options).reset_as_written;
}

int BatchJob::trials_at_once() const {
  return is_verify() ? std::get<VerifyOptions>(options).jobs : std::get<RunOptions>(options).jobs;
}

std::vector<BatchJob> read_batch(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source);
  return BatchReader(source).batch(document);
}

}  // namespace capmin
