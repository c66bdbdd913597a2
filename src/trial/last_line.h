#pragma once

#include "trial/search.h"

namespace capmin {

/// Notes the lines of a trial that passed. To one that failed and of which no exact clue tells, it
/// adds the last line of its log that no trial of `before` which passed has printed: a clue without
/// suspects.
void add_last_line(const SearchResult& before, FinishedTrial& trial);

/// That clue of a trial; null where there is none.
const Clue* last_line(const FinishedTrial& trial);

}  // namespace capmin
