#pragma once

#include "report/trial_table.h"
#include "text/markup.h"

#include <string>

namespace capmin {

/// The trials as a picture: rows of trials, columns of capabilities, granted cells filled in the
/// colour of the verdict, which a mark and a word tell as well. Its colours are those of
/// report_style(). Ids of its elements begin with `id`.
Markup trial_svg(const TrialTable& table, const std::string& id);

/// How many columns fit on a phone without a picture that is too small to read.
inline constexpr std::size_t kNarrowColumns = 16;

}  // namespace capmin
