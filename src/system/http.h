#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace capmin {

/// How a connection over TLS is made.
struct HttpTls {
  bool verifies = true;  ///< whether the certificate must be one that this host trusts
  std::string name;      ///< host name or IP address that the certificate must be about
};

/// Where a server listens: at a Unix socket, or at a host's port.
struct HttpAddress {
  std::string socket = {};  ///< path of the Unix socket; empty: host and port count
  std::string host = {};
  std::string port = {};
  std::optional<HttpTls> tls = {};  ///< nothing: without TLS
};

/// A request of HTTP/1.1.
struct HttpRequest {
  enum class Method { kGet, kPost, kDelete } method = Method::kGet;
  std::string target;     ///< path and query, percent-encoded
  std::string body = {};  ///< JSON; empty without
  /// From the first attempt to reach the server to the end of its reply.
  std::chrono::milliseconds deadline{30'000};
  /// The most bytes of a body that are taken; one that is longer breaks the reply off.
  std::size_t limit = 4U << 20U;
  /// Where set, is given the body of a reply of status 200 to 299 piece by piece in place of
  /// HttpReply::body, without a limit; on the client's thread, before the reply counts as ended.
  /// Must neither block nor throw.
  std::function<void(std::string_view piece)> reader = {};
  /// Over a connection that is made for it: a server that ends takes no new ones, and may go on
  /// serving those that it has.
  bool on_new_connection = false;
};

/// What became of a request.
struct HttpReply {
  enum class Ending {
    kAnswered,  ///< a whole reply; `status` is its status
    kDeadline,  ///< the deadline passed
    kStopped,   ///< a stop was requested
    kBroken,    ///< no whole reply, or what is none; `failure` says why
  };
  Ending ending = Ending::kBroken;
  unsigned status = 0;  ///< of HTTP
  std::string body = {};
  std::string failure = {};
  int error = 0;               ///< with kBroken: errno(3) of that, where it is known
  bool was_connected = false;  ///< the server was reached, whatever came then

  /// A whole reply that says that all went well.
  bool ok() const { return ending == Ending::kAnswered && status >= 200 && status < 300; }
};

/// A client of one server, on one thread of its own. Connections are kept open for the next
/// request but those over TLS, each used by one at a time, and no program that is started inherits
/// them. A connection
/// that the server has closed since its last reply is replaced by another; a request that can have
/// reached the server is sent again only where that changes nothing (GET and DELETE). Thread-safe.
class HttpClient {
 public:
  /// Throws Error kEngine where a limit of this process is in the way. Does not connect yet.
  explicit HttpClient(HttpAddress address);
  /// Breaks off what is under way; nothing may wait for it any more.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `request` and waits for the end of its reply, its deadline or the stop. Never throws for
  /// what the server does.
  HttpReply send(HttpRequest request, const std::stop_token& stop = {});

  /// As send, but returns at once; `done` is called exactly once, on the client's thread, and must
  /// not block.
  void start(HttpRequest request, std::stop_token stop, std::function<void(HttpReply)> done);

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace capmin
