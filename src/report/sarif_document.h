#pragma once

#include "document/document.h"

#include <map>
#include <string>
#include <string_view>

namespace capmin {

/// A result of SARIF: something that a reader should know, and where.
struct SarifResult {
  std::string rule;         ///< the id of its rule
  std::string_view level;   ///< "note", "warning" or "error"
  std::string text;         ///< untrusted
  std::string path;         ///< of a file, as uri_of() takes it
  int line = 1;             ///< of the file, from 1
  std::string fingerprint;  ///< untrusted; the same for the same matter in another line or run
};

/// What a rule of SARIF says of itself, untrusted.
struct SarifRule {
  std::string title;
  std::string description;
};

/// A document of SARIF 2.1.0 (OASIS) with one run: results in their order, and rules in the order
/// in which results name them.
class SarifDocument {
 public:
  /// Adds a result; `rule` describes its rule, of which the first description counts.
  void add(const SarifResult& result, const SarifRule& rule);
  /// The document as JSON.
  std::string json() const;

 private:
  DocumentList rules_;
  DocumentList results_;
  std::map<std::string, int> known_;
};

/// A path as the URI reference of RFC 3986 that names it: relative as it is, absolute with file://.
std::string uri_of(std::string_view path);

}  // namespace capmin
