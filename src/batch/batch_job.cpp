#include "batch/batch_job.h"

#include "compose/service_search.h"
#include "core/error.h"
#include "profile/profile_diff.h"
#include "profile/profile_yaml.h"
#include "profile/run_arguments.h"
#include "run/container_contents.h"
#include "run/image_search.h"
#include "run/profile_options.h"
#include "run/run_profile.h"
#include "run/shared.h"
#include "run/variables.h"
#include "run/verify_text.h"
#include "system/file.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace capmin {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

/// The directory of a profile may be new, as the batch is.
void make_place_of(const fs::path& profile) {
  std::error_code error;
  if (profile.has_parent_path()) fs::create_directories(profile.parent_path(), error);
  if (error) {
    throw Error(ExitCode::kOutput, "cannot make " + profile.parent_path().string() +
                                       ", the directory of the profile: " + error.message());
  }
}

class Job {
 public:
  Job(const BatchJob& job, const JobFiles& files, const JobRecord* last, const JobBench& bench)
      : job_(job), files_(files), last_(last), bench_(bench) {
    record_.name = job.name;
    record_.profile = job.profile;
    record_.mode = job.mode();
  }

  std::optional<JobRun> operator()() {
    try {
      if (!run()) return std::nullopt;
    } catch (const Error& error) {
      take(failed_by(error));
    }
    if (is_skipped_) return JobRun{*last_, true};
    if (is_there(files_.profile)) record_.profile_sha256 = profile_hash();
    const RunEnding ending = ending_now(begin_);
    record_.at = ending.at;
    record_.seconds = ending.seconds;
    return JobRun{std::move(record_), false};
  }

 private:
  bool run();
  std::unique_ptr<ServiceSearch> service_search(const std::optional<Profile>& old) const;
  VerifyOptions asked() const;
  RunOptions verify_options(const Profile& profile) const;
  RunOptions search_options() const;
  void check_inside(const std::string& key, const std::string& file) const;
  std::string from_profile(const fs::path& file) const;
  std::string key_of(const ImageSearch& search) const;
  void check_key(const RunOptions& options, const SearchBench& bench);
  void take(const Verification& verification);
  void write(const fs::path& path, const std::string& text);

  std::string profile_hash() const {
    try {
      return sha256(read_file(files_.profile));
    } catch (const Error&) {
      return {};
    }
  }

  const BatchJob& job_;
  const JobFiles& files_;
  const JobRecord* last_;
  const JobBench& bench_;
  JobRecord record_;
  bool is_skipped_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// False when a stop came.
bool Job::run() {
  const bool has_profile = job_.is_verify() || is_there(files_.profile);
  std::string old_text;
  std::optional<Profile> old;
  if (has_profile) {
    old_text = read_file(files_.profile);
    old = profile_from_yaml(old_text, files_.profile.string());
  }
  const std::unique_ptr<ServiceSearch> service = service_search(old);
  RunOptions options = service            ? service->options()
                       : job_.is_verify() ? verify_options(*old)
                                          : search_options();
  record_.image = options.image;
  options.free_ports = bench_.is_beside_others;
  SearchBench bench = bench_.bench;
  if (service) bench.company = &service->company();
  ImageSearch search(options, bench);
  search.prepare();
  record_.key = key_of(search);
  is_skipped_ = last_ != nullptr && is_unchanged(*last_, record_.key, profile_hash());
  if (is_skipped_) return true;
  fs::path target = files_.profile;
  if (has_profile) target += ".new";
  if (!job_.is_verify()) {
    make_place_of(target);
    check_writable(target);
  }

  const bool is_full = !job_.is_verify() || std::get<VerifyOptions>(job_.options).full;
  VerifyTask task{.full = is_full, .refresh = !job_.is_verify()};
  // Without a key nobody can tell whether the trials of before are still about the same.
  if (!record_.key.empty()) {
    task.journal = {bench_.journal, Journal::Mode::kResume, record_.key};
  }
  std::optional<Verification> verified = old ? verify(*old, options, task, search, bench_.stop)
                                             : find_first(options, task, search, bench_.stop);
  if (!verified || bench_.stop.stop_requested()) return false;
  check_key(options, bench);
  take(*verified);
  if (!verified->refreshed) return true;
  if (service) {
    Profile::Stack& stack = verified->refreshed->stack;
    stack = service->facts();
    if (job_.service) stack.files = {from_profile(files_.compose)};
  }
  const Profile& found = *verified->refreshed;
  if (!old) {
    // What is not proven to the end waits beside the place of a profile.
    if (!is_complete(found)) target += ".new";
    write(target, to_yaml(found));
  } else if (record_.status != ProfileStatus::kOk) {
    record_.riskier = diff(*old, found).riskier;
    if (record_.riskier) record_.details.emplace_back("the new set reaches more than the old one");
    write(target, in_format_of(old_text, found));
  }
  return true;
}

/// Refuses a file that the profile names for its `key` where a batch may not reach it.
void Job::check_inside(const std::string& key, const std::string& file) const {
  if (file.empty() || is_below(files_.directory, file)) return;
  throw Error(ExitCode::kUsage,
              "the " + key + " of the profile, " + file + ", is outside the batch file's directory",
              "name one that is inside as the job's " + key);
}

/// What the job asks for of a verification, with its files in their places.
VerifyOptions Job::asked() const {
  VerifyOptions asked = std::get<VerifyOptions>(job_.options);
  asked.probe = files_.probe.string();
  asked.reset = files_.reset.string();
  return asked;
}

/// Of a job about a service of a stack; null for others.
std::unique_ptr<ServiceSearch> Job::service_search(const std::optional<Profile>& old) const {
  ProcessRunner& runner = bench_.bench.runner;
  if (job_.is_verify()) {
    if (old->stack.service.empty()) return nullptr;
    for (const std::string& file : old->stack.files) {
      check_inside("Compose file", (files_.profile.parent_path() / file).string());
    }
    return std::make_unique<ServiceSearch>(*old, files_.profile, asked(), runner, bench_.stop);
  }
  if (!job_.service) return nullptr;
  ComposeOptions options;
  options.files.files = {files_.compose.string()};
  options.services = {job_.service->service};
  options.search = job_.service->search;
  options.common = std::get<RunOptions>(job_.options);
  const RunOptions& run = options.common;
  if (run.has_probe) {
    options.probes[job_.service->service] =
        files_.probe.empty() ? run.probe_as_written : files_.probe.string();
  }
  return std::make_unique<ServiceSearch>(std::move(options), runner, bench_.stop);
}

RunOptions Job::verify_options(const Profile& profile) const {
  VerifyOptions asked = this->asked();
  for (std::string& file : asked.env_files) {
    const fs::path beside = files_.directory / file;
    if (is_there(beside)) file = beside.string();
  }
  RunOptions options =
      options_of(profile, files_.profile, asked, given_variables(asked.variables, asked.env_files));
  check_inside("probe", options.probe_file);
  check_inside("reset", options.reset_file);
  return options;
}

RunOptions Job::search_options() const {
  RunOptions options = std::get<RunOptions>(job_.options);
  options.directory = files_.directory.string();
  if (!files_.probe.empty()) {
    options.probe_file = files_.probe.string();
    options.probe_as_written = from_profile(files_.probe);
  }
  if (!files_.reset.empty()) {
    options.reset_file = files_.reset.string();
    options.reset_as_written = from_profile(files_.reset);
  }
  return options;
}

/// The path of `file` from where the profile lies: capmin verify looks there.
std::string Job::from_profile(const fs::path& file) const {
  const fs::path place =
      files_.profile.has_parent_path() ? files_.profile.parent_path() : fs::path();
  const std::string path = file.lexically_relative(place).string();
  return path.empty() ? file.string() : path;
}

/// A hash of all that the result depends on, but for its profile: image, probe, options, values of
/// variables, what mounted files and directories of the host hold, rules, the class of the engine,
/// capmin, and what the job is. Empty where a mount cannot be read whole or is larger than
/// TreeLimits: nobody can tell then whether it changed.
std::string Job::key_of(const ImageSearch& search) const {
  const bool is_full = job_.is_verify() && std::get<VerifyOptions>(job_.options).full;
  const EngineFacts& engine = search.plan().engine;
  SearchFacts facts = search.facts();
  facts.emplace_back("version", CAPMIN_VERSION);
  facts.emplace_back("mode", std::string(name_of(record_.mode)) + (is_full ? " full" : ""));
  facts.emplace_back("rootless", engine.rootless ? "yes" : "no");
  facts.emplace_back("seccomp", engine.seccomp);
  facts.emplace_back("runtime", engine.runtime);
  std::string text;
  for (const auto& [name, value] : facts) {
    if (name == "mounts" && value == kUnknownContents) return {};
    text.append(name).append(" ").append(std::to_string(value.size()));
    text.append(" ").append(value).append("\n");
  }
  return sha256(text);
}

/// A result is of the key's inputs only where these were the same from the beginning to the end.
void Job::check_key(const RunOptions& options, const SearchBench& bench) {
  if (record_.key.empty()) return;
  try {
    ImageSearch now(options, bench);
    now.prepare();
    if (key_of(now) != record_.key) record_.key.clear();
  } catch (const Error&) {
    record_.key.clear();
  }
}

void Job::take(const Verification& verification) {
  record_.status = verification.status;
  record_.exit = verification.exit;
  record_.details = details_of(verification);
  record_.text = verification.text;
  record_.hint = verification.hint;
  record_.set = verification.set;
  record_.trials = verification.trials;
}

void Job::write(const fs::path& path, const std::string& text) {
  write_file(path, text);
  record_.written = path.string();
}

}  // namespace

JobFiles files_of(const BatchJob& job, const fs::path& directory) {
  JobFiles files{.directory = directory.empty() ? fs::path(".") : directory,
                 .profile = contained_path(directory, job.profile),
                 .probe = {},
                 .reset = {},
                 .compose = {}};
  if (job.service) files.compose = contained_path(directory, job.service->file);
  if (!job.probe().empty()) files.probe = contained_path(directory, job.probe());
  if (!job.reset().empty()) files.reset = contained_path(directory, job.reset());
  return files;
}

std::vector<std::string> shared_things(const BatchJob& job, const JobFiles& files) {
  try {
    // What projects share is known when Compose has read the file.
    if (job.service) return {"the stack of " + job.service->file};
    if (!job.is_verify()) return shared_things(std::get<RunOptions>(job.options));
    const Profile profile = profile_from_yaml(read_file(files.profile), files.profile.string());
    if (!profile.stack.service.empty()) return {"the stack of " + profile.stack.files.front()};
    RunOptions options = parse_run_options(run_arguments(profile));
    if (!job.reset().empty()) options.reset_as_written = job.reset();
    return shared_things(options);
  } catch (const Error&) {
    return {};
  }
}

std::optional<JobRun> run_job(const BatchJob& job, const JobFiles& files, const JobRecord* last,
                              const JobBench& bench) {
  return Job(job, files, last, bench)();
}

}  // namespace capmin
