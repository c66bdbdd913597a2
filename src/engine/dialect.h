#pragma once

#include "core/capability.h"
#include "core/container_options.h"
#include "core/error.h"
#include "system/process.h"

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

// Podman takes docker's commands and options; where the two differ, the difference stands here or,
// for the JSON they print, in replies.h. Measured with docker 20.10.24 and podman 4.3.1.

/// The dialect of the client program `client`, a name or path: podman's for podman, else docker's.
Dialect dialect_of(std::string_view client);

/// The variable that holds the engine's address where --host does not give it.
const char* host_variable(Dialect dialect);

/// The arguments that remove a container at once, running or not, with its anonymous volumes.
/// Podman would first wait 10 s for it to end by its stop signal; docker knows no such option.
std::vector<std::string> remove_arguments(Dialect dialect, const std::string& container);

/// The arguments that wait for a container's end. Podman looks only now and then, each 250 ms
/// unless told otherwise.
std::vector<std::string> wait_arguments(Dialect dialect, const std::string& container);

/// What a failed call of the engine says; `words` is what it printed on standard error.
bool says_no_such_image(std::string_view words);
bool says_name_is_taken(std::string_view words);
/// No container or volume has the name.
bool says_no_such_object(std::string_view words);
bool says_no_such_network(std::string_view words);
/// A start was refused by an engine that works: something about this container keeps it from
/// starting.
bool says_start_failed(std::string_view words);
/// A creation that ended with `status` was refused by an engine that works, or by its client, which
/// ends with 125 then.
bool says_create_refused(Dialect dialect, std::string_view words, int status);
/// A program could not be run in a container because the engine, or its runtime, is in trouble;
/// `output` is all that was printed, which may be the program's own.
bool says_exec_trouble(Dialect dialect, std::string_view output);
/// A port of the host that a container is to have is taken.
bool says_port_is_taken(std::string_view words);
/// A container was refused for a lack of the machine's, which may be over at another time: a port
/// or a disk in use, or a runtime that does not work.
bool says_machine_trouble(std::string_view words);

/// Why no engine can make a container of an image with these options.
struct ContainerFault {
  std::string reason;
  std::string hint;
  bool is_of_image = false;  ///< and not of the options
};

/// Reads the words of a create or start that was refused for that; nothing where they say something
/// else, or nobody here knows them. `names_user`: a user was given with the options.
std::optional<ContainerFault> says_container_fault(std::string_view words, bool names_user);
/// The capability that the engine does not know; nothing where it says something else.
std::optional<Capability> unknown_capability(std::string_view words);

/// Why an engine could not be used at all, and what to do.
struct Unusable {
  std::string reason;
  std::string hint;
};

/// Reads a failed call's words for that; nothing where the engine was reached.
std::optional<Unusable> says_unusable(Dialect dialect, std::string_view words);

/// A line of the client's own log without the time that podman puts before it, so that the same
/// warning can be known again.
std::string_view without_time(std::string_view line);

/// What an engine's client prints of its own in calls that go well, such as podman's warnings about
/// its host. At `logs` it writes them into the same stream as what the container printed.
/// Thread-safe.
class ClientWarnings {
 public:
  /// Notes the lines of the standard error of a call that went well; of very many only the first.
  void note(std::string_view err);
  /// `log` without the lines that were noted, whatever time each names.
  std::string removed_from(std::string_view log) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> lines_;  ///< without their time
};

/// A container that an engine at work would not make or start. It is engine trouble until it is
/// known to be the fault of the image or of the options.
class RefusedContainer : public Error {
 public:
  /// `words` are the engine's own.
  RefusedContainer(const Error& error, std::string words)
      : Error(error), words_(std::move(words)) {}

  const std::string& words() const { return words_; }

 private:
  std::string words_;
};

/// What a client said, on one line: it may quote a container.
std::string one_line(std::string_view text);

/// The error for a call of the engine that failed; `action` says what was attempted. Tells an
/// engine that cannot be reached, one that may not be used and one that does not answer apart.
Error engine_error(const std::string& engine, const std::string& action,
                   const ProcessResult& result);

}  // namespace capmin
