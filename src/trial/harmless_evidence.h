#pragma once

#include "core/trace.h"
#include "trial/outcome.h"
#include "trial/search.h"

#include <set>
#include <string>

namespace capmin {

/// Notes the lines of a trial that passed. To one that failed and of which no exact clue tells, it
/// adds the last line of its log that no trial of `before` which passed has printed: a clue without
/// suspects.
void add_last_line(const SearchResult& before, FinishedTrial& trial);

/// That clue of a trial; null where there is none.
const Clue* last_line(const FinishedTrial& trial);

/// What trials left behind that passed all the same. It explains no failure: neither where a search
/// goes next, nor why a capability is needed.
class HarmlessEvidence {
 public:
  /// Adds what a trial that passed left behind.
  void add(const FinishedTrial& passed);

  /// Whether a passing trial had a clue of the same line; lines are the same when they are equal
  /// once normalized.
  bool holds(const Clue& clue) const;
  /// Whether the same check, whatever its count, was denied with the same result in a passing
  /// trial.
  bool holds(const Check& check) const;
  /// Whether a passing trial asked for the same in vain.
  bool holds(const CapabilityRequest& request) const;

  /// Takes the clues that it holds from a trial that failed, and makes its observation anew from
  /// the rest.
  void take_from(FinishedTrial& failed) const;

 private:
  std::set<std::string> lines_;
  std::set<Check> denied_;               ///< with no count
  std::set<CapabilityRequest> refused_;  ///< with nothing held, and no count
};

}  // namespace capmin
