#pragma once

#include "system/locked_log.h"
#include "trial/outcome.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// One line of a journal: `trial` as a JSON object with its own checksum, without a line break.
/// What the container and the probe printed is left out, but for the clues' lines: it may be long,
/// or hold secrets.
std::string to_record(const FinishedTrial& trial);

/// The trial of a line that to_record wrote; nothing for any other line.
std::optional<FinishedTrial> trial_from_record(std::string_view line);

/// What makes two runs the same search: names and values, e.g. {"image", "sha256:..."}. Values may
/// be hashes, so that no secret is written.
using SearchFacts = std::vector<std::pair<std::string, std::string>>;

/// The finished trials of a search on disk, so that another run can go on after a crash: a line
/// with the facts, then a line for each trial, each with its own checksum and flushed before the
/// search goes on. While the object lives, no other capmin can open the same journal.
class Journal {
 public:
  /// Opens the journal `path` for a search with these facts. With `resume`, the trials in it become
  /// known(); a torn or damaged line and what follows it are dropped. Otherwise what it held is
  /// dropped. Throws Error kUsage where it belongs to another search, saying which fact differs,
  /// and Error kOutput where it cannot be written, is something else than a journal, or another
  /// capmin holds it.
  enum class Mode { kStart, kResume };
  Journal(const std::filesystem::path& path, const SearchFacts& facts, Mode mode);

  /// The trials of the earlier run.
  const std::vector<FinishedTrial>& known() const { return known_; }
  /// True where an earlier run left trials that kStart has dropped.
  bool dropped() const { return dropped_; }
  /// Writes a trial down; returns when it is on the disk. Throws Error kOutput.
  void add(const FinishedTrial& trial);
  /// Removes the file: the search has come to its end.
  void remove() { log_.remove(); }

 private:
  LockedLog log_;
  std::vector<FinishedTrial> known_;
  bool dropped_ = false;
};

/// Where the journal of a run that writes `output` lies: beside it, OUTPUT.journal.
std::filesystem::path journal_path(const std::filesystem::path& output);

}  // namespace capmin
