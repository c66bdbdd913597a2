#pragma once

#include "core/capability_set.h"
#include "engine/inside.h"
#include "engine/replies.h"
#include "profile/document.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// Why there is no evidence of a kind; all empty where there is.
struct MissingEvidence {
  std::string reason;
  std::string hint;  ///< what to do then
};

/// What was found out about a machine and its engine. Texts of engines are hostile.
struct DoctorFindings {
  std::optional<EngineFacts> engine;      ///< nothing where none answers
  std::string fault;                      ///< what the engine failed at, if it did
  std::string hint;                       ///< what to do then
  std::string other;                      ///< the name of the engine that is not used
  std::string other_fault;                ///< why that does not work; empty where it does
  bool is_local = true;                   ///< the engine works on this machine
  CapabilitySet kernel;                   ///< what this machine's kernel knows
  CapabilitySet host;                     ///< what this machine can give to a container
  std::optional<CapabilitySet> accepted;  ///< what the engine accepts; nothing without an image
  std::string image;                      ///< that was looked with; empty where there was none
  Look engine_look;                       ///< under the engine's own settings for ports and ping
  Look portable_look;                     ///< under capmin's
  std::string temporary;                  ///< the directory for temporary files
  bool temporary_writable = false;
  MissingEvidence kernel_evidence;
  MissingEvidence strace_evidence;
};

/// A fact and what follows from it.
struct DoctorFact {
  std::string name;    ///< a key for programs, in words for people: "ports", "user namespace"
  DocumentNode value;  ///< for programs
  std::string text;    ///< the value for people
  std::string then;    ///< what follows from it
};

/// The facts in the order in which they are printed; all texts are sanitized.
std::vector<DoctorFact> doctor_facts(const DoctorFindings& findings);

/// One fact per line, and behind "->" what follows from it.
std::string doctor_text(const std::vector<DoctorFact>& facts);

/// The same as a JSON document: kind, works, and the list of facts with name, value and then.
std::string doctor_json(const std::vector<DoctorFact>& facts, bool works);

}  // namespace capmin
