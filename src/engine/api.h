#pragma once

#include "engine/calls.h"
#include "system/process.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Docker's HTTP API as far as it is used, of version 1.41 (docker 20.10), or of the version next
/// to it that an engine has.

/// By what an engine is known again, whichever way it was asked. The id alone does not tell: docker
/// 20.10 gives the same to all engines of a machine.
struct EngineIdentity {
  std::string id;
  std::string root;  ///< the directory of its images and containers
  std::string machine;
  std::string version;

  bool operator==(const EngineIdentity&) const = default;
};

/// The identity in what `info` replies; nothing where it is not docker's or lacks a part.
std::optional<EngineIdentity> parse_identity_of_engine(std::string_view info_json);

/// The context whose engine docker's client has asked for its `info`; empty where it does not tell.
std::string parse_context(std::string_view info_json);

/// The version to be used with an engine that replies so to /version: "1.41", or the nearest that
/// the engine has; nothing where it does not tell.
std::optional<std::string> parse_api_version(std::string_view version_json);

/// `text` as one segment of a path, or the value of a query, percent-encoded.
std::string percent_encoded(std::string_view text);

/// The engine's words on why it refused a call: the message of its reply, on one line.
std::string parse_message(std::string_view reply);

/// Whether a container has a terminal, for what `inspect` tells of it: then its output comes as it
/// is, else in frames.
bool parse_has_terminal(std::string_view inspect_json);

/// The body that asks for a program to be run in a container.
std::string exec_body(const std::vector<std::string>& program, const ProgramVariables& environment);
/// The id of what was created so. Throws Error kEngine where the reply has none.
std::string parse_exec_id(std::string_view reply);
/// Its exit status; nothing as long as it runs. Throws Error kEngine where the reply tells neither.
std::optional<int> parse_exec_status(std::string_view reply);

/// What a container's programs printed, in the order of writing, from the frames in which an engine
/// sends it: a byte for the stream, three of zero, the length, the bytes.
class OutputFrames {
 public:
  /// Keeps of the output what CappedText keeps.
  explicit OutputFrames(std::size_t limit) : text_(limit) {}

  /// Takes the next bytes, wherever they are cut.
  void append(std::string_view bytes);
  /// What is wrong with them so far, at their end; empty where nothing is.
  std::string fault() const;
  /// The output that was kept.
  std::string take() { return text_.take(); }

 private:
  CappedText text_;
  std::string header_;
  std::uint32_t left_ = 0;  ///< of the frame's bytes
  bool is_error_ = false;   ///< the frame holds words of the engine's own
  std::string fault_;
};

}  // namespace capmin
