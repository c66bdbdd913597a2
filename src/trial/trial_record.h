#pragma once

#include "trial/finished_trial.h"

#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// One line of a journal: `trial` as a JSON object with its own checksum, without a line break.
/// What the container and the probe printed is left out, but for the clues' lines: it may be long,
/// or hold secrets.
std::string to_record(const FinishedTrial& trial);

/// The trial of a line that to_record wrote; nothing for any other line.
std::optional<FinishedTrial> trial_from_record(std::string_view line);

}  // namespace capmin
