#include "cli/batch_records.h"

#include "core/error.h"
#include "diagnosis/sanitize.h"
#include "system/file.h"

#include <spdlog/spdlog.h>

#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

fs::path record_path(const fs::path& directory, const std::string& name) {
  return directory / "jobs" / (name + ".json");
}

}  // namespace

fs::path BatchRecords::made(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory / "jobs", error);
  if (!error) fs::create_directories(directory / "logs", error);
  if (!error) return directory;
  throw Error(ExitCode::kOutput,
              "cannot make the directory " + directory.string() + ": " + error.message(),
              "name another one with --results DIRECTORY");
}

void BatchRecords::keep(const JobRecord& record) const {
  write_file(record_path(directory_, record.name), emit_json(document_of(record)));
}

fs::path BatchRecords::keep_log(const std::string& name, const std::string& text) const {
  fs::path path = directory_ / "logs" / (name + ".log");
  write_file(path, text);
  return path;
}

void BatchRecords::summarize(const std::string& text) const {
  write_file(directory_ / "summary.json", text);
}

std::optional<JobRecord> find_record(const fs::path& directory, const std::string& name) {
  const fs::path path = record_path(directory, name);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  try {
    return record_from_json(read_file(path), path.string());
  } catch (const Error& error) {
    spdlog::debug("{}", sanitize(error.what()));
    return std::nullopt;
  }
}

}  // namespace capmin
