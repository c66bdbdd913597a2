#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace capmin {

/// A case of JUnit's XML. All texts are untrusted.
struct JunitCase {
  enum class Result { kPassed, kFailure, kError, kSkipped };
  std::string name;
  Result result = Result::kPassed;
  std::string message = {};              ///< why it has not passed
  std::string type = {};                 ///< what kind of failure that is; may be empty
  std::vector<std::string> output = {};  ///< lines
};

/// Cases that belong together, and what is known of their run.
struct JunitSuite {
  std::string name;
  std::string class_name;  ///< of the cases
  std::vector<std::pair<std::string, std::string>> properties = {};
  std::vector<JunitCase> cases = {};
  std::vector<std::string> output = {};  ///< lines
  std::optional<double> seconds = {};    ///< what the run took
  std::string at = {};                   ///< when, RFC 3339; empty where that is not known
};

/// The suites as XML that JUnit's readers take: https://github.com/testmoapp/junitxml
std::string junit_document(const std::vector<JunitSuite>& suites);

}  // namespace capmin
