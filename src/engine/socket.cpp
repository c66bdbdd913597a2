#include "engine/socket.h"

#include "engine/address.h"
#include "engine/api.h"
#include "engine/dialect.h"
#include "system/process_limits.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace capmin {
namespace {

using Method = HttpRequest::Method;
using Ending = HttpReply::Ending;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr unsigned kNotFound = 404;
constexpr unsigned kNotModified = 304;  ///< of a start or stop that has nothing to do
/// An engine keeps waiting for a container as long as it lives; its trial's deadline ends the call.
constexpr std::chrono::hours kNoDeadline{24};
/// As much as the client keeps of what a program prints.
constexpr std::size_t kExecLimit = 1U << 20U;

std::string path_of(Kept kind, const std::string& name) {
  return std::string(name_of(kind)) + "s/" + percent_encoded(name);
}

/// What the client would have printed and ended with in place of `reply`, which did not go well.
ProcessResult as_by_client(const std::string& address, const HttpReply& reply) {
  ProcessResult result;
  switch (reply.ending) {
    case Ending::kDeadline:
      result.ending = ProcessResult::Ending::kDeadline;
      break;
    case Ending::kStopped:
      result.ending = ProcessResult::Ending::kStopped;
      break;
    case Ending::kBroken:
      result.ending = ProcessResult::Ending::kExited;
      result.status = 1;
      result.err = reply.error == EACCES || reply.error == EPERM
                       ? "permission denied while trying to connect to " + address
                       : (reply.was_connected ? "error during connect to "
                                              : "Cannot connect to the Docker daemon at ") +
                             address + ": " + reply.failure;
      break;
    case Ending::kAnswered:
      result.ending = ProcessResult::Ending::kExited;
      result.status = 1;
      result.err = "Error response from daemon: " + parse_message(reply.body);
      break;
  }
  return result;
}

/// Waits for `pause`, or until a stop.
void sleep(milliseconds pause, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, pause, [] { return false; });
}

}  // namespace

SocketCalls::SocketCalls(const HttpAddress& address, std::string name, std::string version,
                         milliseconds deadline)
    : address_(to_string(address)),
      name_(std::move(name)),
      prefix_("/v" + std::move(version) + '/'),
      deadline_(deadline),
      http_(address) {}

HttpRequest SocketCalls::request(Method method, const std::string& target) const {
  return {.method = method, .target = prefix_ + target, .deadline = deadline_, .limit = kLogLimit};
}

Error SocketCalls::error(const std::string& action, const HttpReply& reply) const {
  if (reply.ending == Ending::kAnswered) {
    const std::string words = parse_message(reply.body);
    const std::string limits = limits_hint(false);
    return {ExitCode::kEngine,
            "cannot " + action + ": " + (words.empty() ? "no reason given" : words) +
                " (HTTP status " + std::to_string(reply.status) + ')',
            limits.empty() ? "see whether the engine still works: capmin doctor" : limits};
  }
  if (is_of_limits(reply.error)) {
    return {ExitCode::kEngine, "cannot " + action + ": " + reply.failure, limits_hint(true)};
  }
  return engine_error(name_, action, as_by_client(address_, reply));
}

std::optional<std::string> SocketCalls::start(const std::string& container) {
  const HttpReply reply =
      http_.send(request(Method::kPost, path_of(Kept::kContainer, container) + "/start"));
  if (reply.ok() || (reply.ending == Ending::kAnswered && reply.status == kNotModified)) {
    return std::nullopt;
  }
  // Anything else that is an answer was said by an engine that works, whatever its status: the
  // words of the runtime come with 400, 409 and 500.
  constexpr unsigned kFirstError = 400;
  if (reply.ending == Ending::kAnswered && reply.status >= kFirstError) {
    return one_line(as_by_client(address_, reply).err);
  }
  throw error("start the container " + container, reply);
}

void SocketCalls::stop(const std::string& container) {
  HttpRequest asked = request(Method::kPost, path_of(Kept::kContainer, container) + "/stop");
  asked.deadline = deadline_ + kStopPatience;
  const HttpReply reply = http_.send(std::move(asked));
  if (reply.ok() || (reply.ending == Ending::kAnswered && reply.status == kNotModified)) return;
  throw error("stop the container " + container, reply);
}

std::optional<std::string> SocketCalls::inspect(Kept kind, const std::string& name) {
  const bool has_kind_in_path = kind == Kept::kContainer || kind == Kept::kImage;
  const std::string suffix = has_kind_in_path ? "/json" : "";
  HttpRequest asked = request(Method::kGet, path_of(kind, name) + suffix);
  // Docker 20.10 that is told to end takes no new connections at once, kills its containers after
  // 10 s, and tells on the connections it has that they ended with 137: that is no evidence.
  asked.on_new_connection = kind == Kept::kContainer;
  const HttpReply reply = http_.send(std::move(asked));
  if (reply.ok()) return '[' + reply.body + ']';
  if (reply.ending == Ending::kAnswered && reply.status == kNotFound) return std::nullopt;
  throw error("look at the " + std::string(name_of(kind)) + ' ' + name, reply);
}

std::string SocketCalls::logs(const std::string& container) {
  const std::string action = "read the log of " + container;
  const std::optional<std::string> facts = inspect(Kept::kContainer, container);
  if (!facts) throw Error(ExitCode::kEngine, "cannot " + action + ": there is no such container");
  const bool has_terminal = parse_has_terminal(*facts);
  CappedText text(kLogLimit);
  OutputFrames frames(kLogLimit);
  HttpRequest asked =
      request(Method::kGet, path_of(Kept::kContainer, container) + "/logs?stdout=1&stderr=1");
  asked.reader = [&](std::string_view piece) {
    has_terminal ? text.append(piece) : frames.append(piece);
  };
  const HttpReply reply = http_.send(std::move(asked));
  if (!reply.ok()) throw error(action, reply);
  if (has_terminal) return text.take();
  if (const std::string fault = frames.fault(); !fault.empty()) {
    throw Error(ExitCode::kEngine, "cannot " + action + ": " + fault,
                "see whether the engine still works: " + name_ + " logs " + container);
  }
  return frames.take();
}

void SocketCalls::when_ended(const std::string& container, std::stop_token stop,
                             std::function<void()> done) {
  HttpRequest asked = request(Method::kPost, path_of(Kept::kContainer, container) + "/wait");
  asked.deadline = kNoDeadline;
  http_.start(std::move(asked), std::move(stop),
              [done = std::move(done)](const HttpReply&) { done(); });
}

ProcessResult SocketCalls::exec(const std::string& container,
                                const std::vector<std::string>& program,
                                const ProgramVariables& environment, milliseconds deadline,
                                const std::stop_token& stop) {
  const std::string action = "run a program in " + container;
  const Clock::time_point end = Clock::now() + deadline;
  OutputFrames output(kExecLimit);
  const auto ask = [&](Method method, const std::string& target, std::string body,
                       std::function<void(std::string_view)> reader) {
    HttpRequest asked = request(method, target);
    asked.body = std::move(body);
    asked.reader = std::move(reader);
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    asked.deadline = std::max(left, milliseconds(1));
    return http_.send(std::move(asked), stop);
  };
  // Where the program gave no answer: what was printed until then, or the words of the engine.
  const auto ended = [&](const HttpReply& reply) {
    ProcessResult result = as_by_client(address_, reply);
    if (reply.ending == Ending::kBroken) throw error(action, reply);
    result.out = output.take();
    if (reply.ending != Ending::kAnswered) return result;
    if (says_exec_trouble(Dialect::kDocker, result.err)) throw error(action, reply);
    result.out += std::exchange(result.err, {}) + '\n';
    return result;
  };
  const HttpReply created = ask(Method::kPost, path_of(Kept::kContainer, container) + "/exec",
                                exec_body(program, environment), {});
  if (!created.ok()) return ended(created);
  const std::string place = "exec/" + percent_encoded(parse_exec_id(created.body));
  const HttpReply ran = ask(Method::kPost, place + "/start", R"({"Detach":false,"Tty":false})",
                            [&output](std::string_view piece) { output.append(piece); });
  if (!ran.ok()) return ended(ran);
  if (const std::string fault = output.fault(); !fault.empty()) {
    throw Error(ExitCode::kEngine, "cannot " + action + ": " + fault,
                "see whether the engine still works: capmin doctor");
  }
  // The output ends before the program where that closes it, and where the engine notes its end a
  // moment later.
  constexpr milliseconds kFirstPause{2};
  constexpr milliseconds kLongestPause{100};
  for (milliseconds pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    const HttpReply state = ask(Method::kGet, place + "/json", {}, {});
    if (!state.ok()) return ended(state);
    if (const std::optional<int> status = parse_exec_status(state.body)) {
      ProcessResult result;
      result.ending = ProcessResult::Ending::kExited;
      result.status = *status;
      result.out = output.take();
      if (!result.ok() && says_exec_trouble(Dialect::kDocker, result.out)) {
        result.err = result.out;
        throw engine_error(name_, action, result);
      }
      return result;
    }
    sleep(pause, stop);
  }
}

bool SocketCalls::remove(Kept kind, const std::string& name) {
  const std::string query = kind == Kept::kContainer ? "?force=1&v=1"
                            : kind == Kept::kNetwork ? ""
                                                     : "?force=1";
  const HttpReply reply = http_.send(request(Method::kDelete, path_of(kind, name) + query));
  return reply.ok() || (reply.ending == Ending::kAnswered && reply.status == kNotFound);
}

namespace {

constexpr std::string_view kDefaultContext = "default";

/// Why the client has to make all calls; empty where the engine at `http` is that of `identity`.
std::string why_another(HttpClient& http, const EngineIdentity& identity, milliseconds deadline) {
  const HttpReply reply = http.send({.target = "/info", .deadline = deadline});
  if (!reply.ok()) {
    return reply.ending == Ending::kBroken ? reply.failure : "no engine answers as one does";
  }
  return parse_identity_of_engine(reply.body) == identity
             ? ""
             : "another engine answers there than answers the client";
}

OpenedSocket client_only(std::string reason) {
  return {.calls = nullptr, .route = {.socket = {}, .reason = std::move(reason)}};
}

}  // namespace

OpenedSocket open_socket(const Client& client, const std::string& info_json) {
  const auto place = engine_address(client.command_line({}), client_environment());
  if (const auto* const only = std::get_if<ClientOnly>(&place)) return client_only(only->reason);
  const HttpAddress& address = std::get<HttpAddress>(place);
  const std::optional<EngineIdentity> identity = parse_identity_of_engine(info_json);
  if (!identity) return client_only("the engine does not tell who it is");
  if (parse_context(info_json) != kDefaultContext) {
    return client_only("the client alone knows what its context leads to");
  }
  // It has just answered its client.
  constexpr milliseconds kPatience{5'000};
  const milliseconds deadline = std::min(client.deadline(), kPatience);
  const std::string at = to_string(address) + ": ";
  try {
    HttpClient http(address);
    if (const std::string why = why_another(http, *identity, deadline); !why.empty()) {
      return client_only(at + why);
    }
    const HttpReply version = http.send({.target = "/version", .deadline = deadline});
    const auto api = version.ok() ? parse_api_version(version.body) : std::nullopt;
    if (!api) return client_only(at + "the engine does not tell the version of its API");
    return {.calls = std::make_unique<SocketCalls>(address, client.name(), *api, client.deadline()),
            .route = {.socket = to_string(address), .reason = {}}};
  } catch (const Error& error) {
    return client_only(at + error.what());
  }
}

}  // namespace capmin
