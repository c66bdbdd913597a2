#include "batch/batch_results.h"

#include "core/error.h"
#include "document/fields.h"
#include "system/file.h"
#include "text/sanitize.h"
#include "trial/journal.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>
#include <system_error>

namespace capmin {
namespace {

constexpr YamlLimits kLimits{.bytes = std::size_t{16} << 20U, .values = 500'000};

constexpr auto kTimes = [](auto& field, auto& times) {
  field.constant("apiVersion", "capmin/v1", "Version of the format.");
  field.constant("kind", "BatchTimes", "Kind of the document.");
  field("seconds", times, AsMap{AsSeconds{}, "What the job took.", Layout::kBlock}, "By name.");
};

constexpr auto kDocument = object<BatchTimes>(kTimes, Layout::kBlock);

}  // namespace

std::string to_json(const BatchTimes& times) {
  return emit_json(kDocument.map(times));
}

BatchTimes times_from_json(std::string_view text, std::string_view source) {
  BatchTimes times;
  kDocument.read(parse_strict_yaml(text, source, kLimits), YamlReader(source), times);
  return times;
}

namespace {

namespace fs = std::filesystem;

fs::path made(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory / "jobs", error);
  if (!error) fs::create_directories(directory / "logs", error);
  if (!error) fs::create_directories(directory / "profiles", error);
  if (!error) return directory;
  throw Error(ExitCode::kOutput,
              "cannot make the directory " + directory.string() + ": " + error.message(),
              "name another one with --results DIRECTORY");
}

/// What `read` makes of the text of `path`; nothing where there is none, or another one.
template <typename Read>
auto found(const fs::path& path, const Read& read)
    -> std::optional<decltype(read(std::string(), std::string()))> {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  try {
    return read(read_file(path), path.string());
  } catch (const Error& error) {
    spdlog::debug("{}", sanitize(error.what()));
    return std::nullopt;
  }
}

}  // namespace

fs::path ResultFiles::record(const std::string& job) const {
  return directory / "jobs" / (job + ".json");
}

fs::path ResultFiles::log(const std::string& job) const {
  return directory / "logs" / (job + ".log");
}

fs::path ResultFiles::journal(const std::string& job) const {
  return journal_path(directory / "jobs" / job);
}

fs::path ResultFiles::profile(const std::string& job) const {
  return directory / "profiles" / (job + ".yaml");
}

BatchResults::BatchResults(const fs::path& directory)
    : files_{made(directory)}, lock_(directory / "lock") {
  for (const fs::path& file : {files_.manifest(), files_.times(), files_.summary()}) {
    check_writable(file);
  }
}

std::optional<BatchManifest> BatchResults::find_manifest() const {
  return found(files_.manifest(), manifest_from_json);
}

void BatchResults::keep(const JobRecord& record) const {
  keep(record, record.written.empty() ? std::nullopt : std::optional(read_file(record.written)));
}

void BatchResults::keep(const JobRecord& record, const std::optional<std::string>& profile) const {
  const fs::path copy = files_.profile(record.name);
  if (profile) {
    write_file(copy, *profile);
  } else {
    std::error_code ignored;
    fs::remove(copy, ignored);
  }
  write_file(files_.record(record.name), emit_json(document_of(record)));
}

void BatchResults::forget(const std::string& name) const {
  std::error_code ignored;
  for (const fs::path& file : {files_.record(name), files_.profile(name)}) {
    fs::remove(file, ignored);
  }
}

void BatchResults::keep_log(const std::string& name, const std::string& text) const {
  write_file(files_.log(name), text);
}

void BatchResults::keep(const BatchManifest& manifest) const {
  write_file(files_.manifest(), emit_json(document_of(manifest)));
}

void BatchResults::keep_times(const BatchManifest& manifest) const {
  BatchTimes times;
  for (const ManifestJob& job : manifest.jobs) {
    if (const auto record = find_record(files_.directory, job.name))
      times[job.name] = record->seconds;
  }
  write_file(files_.times(), to_json(times));
}

void BatchResults::summarize(const std::string& text) const {
  write_file(files_.summary(), text);
}

std::optional<JobRecord> find_record(const fs::path& directory, const std::string& name) {
  return found(ResultFiles{directory}.record(name), record_from_json);
}

std::string clean_log(const std::string& log) {
  constexpr std::size_t kLongestLine = 4000;
  std::istringstream lines(log);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    text += line.substr(0, indent) + sanitize(line, kLongestLine) + '\n';
  }
  return text;
}

}  // namespace capmin
