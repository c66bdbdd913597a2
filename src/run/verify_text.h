#pragma once

#include "run/verification.h"

#include <string>
#include <vector>

namespace capmin {

/// A profile's file and what became of it.
struct VerifyRow {
  std::string profile;  ///< its path
  std::string image;    ///< as the profile, or the user in its place, names it; empty if unreadable
  Verification verification;
  std::string written;  ///< where a new profile went; empty where it did not
};

/// What changed and what was seen, in lines without indentation.
std::vector<std::string> details_of(const Verification& verification);

/// The row for a person: the status and the sentence, and below what changed and what was seen.
/// Everything is on lines that begin with the status or with blanks; nothing hostile is executed.
std::string to_text(const VerifyRow& row);

/// The rows as a list of JSON objects, with the same keys in the same order in each.
std::string to_json(const std::vector<VerifyRow>& rows);

}  // namespace capmin
