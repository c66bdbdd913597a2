#include "system/http.h"

#include "core/error.h"
#include "system/process_limits.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <cerrno>
#include <future>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace capmin {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Ending = HttpReply::Ending;
using Method = HttpRequest::Method;
using Protocol = asio::generic::stream_protocol;
using Socket = Protocol::socket;
using TlsStream = asio::ssl::stream<Socket&>;

/// More are used where more calls are under way, and closed afterwards.
constexpr std::size_t kMostIdle = 8;

http::verb verb_of(Method method) {
  switch (method) {
    case Method::kGet:
      return http::verb::get;
    case Method::kPost:
      return http::verb::post;
    case Method::kDelete:
      return http::verb::delete_;
  }
  return http::verb::unknown;
}

/// Whether nothing has come on a connection that waits: neither its end nor bytes of no request.
bool is_quiet(Socket& socket) {
  char byte = 0;
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

/// A socket that no program inherits; asio's own have no such flag when they begin.
error_code open_socket(const Protocol::endpoint& endpoint, Socket& socket) {
  const Protocol protocol = endpoint.protocol();
  const int file = ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  error_code error;
  if (file < 0) return {errno, boost::system::system_category()};
  socket.assign(protocol, file, error);
  if (error || protocol.family() == AF_UNIX) return error;
  // Of a host that is gone nothing would ever come on a connection that only waits.
  socket.set_option(asio::socket_base::keep_alive(true), error);
  if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
  return error;
}

/// What TLS over `socket` begins with.
error_code prepare(const HttpTls& tls, TlsStream& stream) {
  error_code error;
  error_code no_address;
  asio::ip::make_address(tls.name, no_address);
  // What is told to a server (SNI) is a name, never an address: RFC 6066.
  if (no_address && ::SSL_set_tlsext_host_name(stream.native_handle(), tls.name.c_str()) != 1) {
    return {EINVAL, boost::system::system_category()};
  }
  stream.set_verify_mode(tls.verifies ? asio::ssl::verify_peer : asio::ssl::verify_none, error);
  if (tls.verifies && !error) {
    stream.set_verify_callback(asio::ssl::host_name_verification(tls.name), error);
  }
  return error;
}

/// The connections of one client; touched on its thread only.
struct Connections {
  explicit Connections(HttpAddress where) : address(std::move(where)) {}

  /// A connection that is still open; nothing where there is none.
  std::optional<Socket> take_idle() {
    while (!idle.empty()) {
      Socket socket = std::move(idle.back());
      idle.pop_back();
      if (is_quiet(socket)) return socket;
    }
    return std::nullopt;
  }
  void keep(Socket socket) {
    if (idle.size() < kMostIdle) idle.push_back(std::move(socket));
  }

  HttpAddress address;
  asio::io_context context{1};
  std::vector<Socket> idle;
};

/// One request from its sending to the end of its reply. Lives on the client's thread; its pending
/// operations own it.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Connections& connections, HttpRequest request, std::function<void(HttpReply)> done)
      : connections_(connections),
        request_(std::move(request)),
        done_(std::move(done)),
        resolver_(connections.context),
        deadline_(connections.context),
        message_(verb_of(request_.method), request_.target, 11) {
    const HttpAddress& address = connections_.address;
    message_.set(http::field::host,
                 address.socket.empty() ? address.host + ':' + address.port : "localhost");
    message_.set(http::field::user_agent, "capmin");
    if (!request_.body.empty()) {
      message_.set(http::field::content_type, "application/json");
      message_.body() = request_.body;
    }
    message_.prepare_payload();
  }

  void begin(std::stop_token stop);
  /// Ends it by force, for the reason `ending`.
  void end(Ending ending);

 private:
  using Endpoints = std::vector<Protocol::endpoint>;

  /// Calls `function` with what is written to and read from.
  template <typename Function>
  void on_stream(Function function) {
    tls_ ? function(*tls_) : function(*socket_);
  }

  /// What an operation calls when it is over, unless all is over.
  template <typename Function>
  auto then(Function function) {
    return [self = shared_from_this(), function](const error_code& error, auto... rest) {
      if (!self->finished_) function(error, rest...);
    };
  }

  void open();
  void connect(std::shared_ptr<const Endpoints> endpoints, std::size_t index);
  void shake_hands();
  void write();
  void read_header();
  void read_body();
  void take(std::string_view piece);
  void broke(const error_code& error);
  void broke(std::string failure, int error = 0);
  void finish(Ending ending);

  Connections& connections_;
  HttpRequest request_;
  std::function<void(HttpReply)> done_;
  asio::ip::tcp::resolver resolver_;
  asio::steady_timer deadline_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  http::request<http::string_body> message_;
  std::optional<Socket> socket_;
  std::optional<asio::ssl::context> tls_context_;
  std::optional<TlsStream> tls_;  ///< over socket_
  bool is_reused_ = false;
  bool may_have_arrived_ = false;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
  std::array<char, 16384> piece_{};
  HttpReply reply_;
  bool finished_ = false;
};

void Exchange::begin(std::stop_token stop) {
  deadline_.expires_after(request_.deadline);
  deadline_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->end(Ending::kDeadline);
  });
  if (stop.stop_possible()) {
    on_stop_.emplace(std::move(stop), [&context = connections_.context, weak = weak_from_this()] {
      asio::post(context, [weak] {
        if (const auto alive = weak.lock()) alive->end(Ending::kStopped);
      });
    });
  }
  if (!request_.on_new_connection) socket_ = connections_.take_idle();
  is_reused_ = socket_.has_value();
  is_reused_ ? write() : open();
}

void Exchange::open() {
  const HttpAddress& address = connections_.address;
  if (!address.socket.empty()) {
    const asio::local::stream_protocol::endpoint endpoint(address.socket);
    return connect(std::make_shared<Endpoints>(1, endpoint), 0);
  }
  resolver_.async_resolve(
      address.host, address.port,
      then([this](const error_code& error, const asio::ip::tcp::resolver::results_type& results) {
        if (error) return broke(error);
        auto endpoints = std::make_shared<Endpoints>();
        for (const auto& result : results) {
          endpoints->emplace_back(result.endpoint());
        }
        connect(std::move(endpoints), 0);
      }));
}

void Exchange::connect(std::shared_ptr<const Endpoints> endpoints, std::size_t index) {
  socket_.emplace(connections_.context);
  const Protocol::endpoint endpoint = endpoints->at(index);
  if (const error_code error = open_socket(endpoint, *socket_)) return broke(error);
  socket_->async_connect(endpoint, then([this, endpoints, index](const error_code& error) {
                           if (!error) return shake_hands();
                           if (index + 1 == endpoints->size()) return broke(error);
                           connect(endpoints, index + 1);
                         }));
}

void Exchange::shake_hands() {
  const std::optional<HttpTls>& wanted = connections_.address.tls;
  if (!wanted) return write();
  reply_.was_connected = true;
  tls_context_.emplace(asio::ssl::context::tls_client);
  error_code error;
  if (wanted->verifies) tls_context_->set_default_verify_paths(error);
  if (error) return broke(error);
  tls_.emplace(*socket_, *tls_context_);
  error = prepare(*wanted, *tls_);
  if (error) return broke(error);
  tls_->async_handshake(asio::ssl::stream_base::client, then([this](const error_code& failure) {
                          if (failure) return broke(failure);
                          write();
                        }));
}

void Exchange::write() {
  reply_.was_connected = true;
  const auto written = then([this](const error_code& error, std::size_t count) {
    may_have_arrived_ = count > 0;
    if (error) return broke(error);
    read_header();
  });
  on_stream([this, &written](auto& stream) { http::async_write(stream, message_, written); });
}

void Exchange::read_header() {
  buffer_.clear();
  parser_.emplace();
  // The limits of this request are kept where the pieces are taken.
  parser_->body_limit(boost::none);
  const auto read = then([this](const error_code& error, std::size_t /*count*/) {
    if (error) return broke(error);
    reply_.status = parser_->get().result_int();
    read_body();
  });
  on_stream(
      [this, &read](auto& stream) { http::async_read_header(stream, buffer_, *parser_, read); });
}

void Exchange::read_body() {
  if (parser_->is_done()) return finish(Ending::kAnswered);
  parser_->get().body().data = piece_.data();
  parser_->get().body().size = piece_.size();
  const auto read = then([this](const error_code& error, std::size_t /*count*/) {
    take({piece_.data(), piece_.size() - parser_->get().body().size});
    if (finished_) return;
    if (error && error != http::error::need_buffer) return broke(error);
    read_body();
  });
  on_stream(
      [this, &read](auto& stream) { http::async_read_some(stream, buffer_, *parser_, read); });
}

void Exchange::take(std::string_view piece) {
  if (request_.reader && reply_.status >= 200 && reply_.status < 300) {
    return request_.reader(piece);
  }
  if (piece.size() > request_.limit - reply_.body.size()) {
    return broke("the reply is longer than " + std::to_string(request_.limit) + " bytes");
  }
  reply_.body += piece;
}

void Exchange::broke(const error_code& error) {
  // The server may close a connection that waits at any moment.
  const bool changes_nothing = request_.method != Method::kPost || !may_have_arrived_;
  if (is_reused_ && changes_nothing && reply_.status == 0) {
    is_reused_ = false;
    return open();
  }
  const bool is_of_system = error.category() == boost::system::system_category();
  if (is_of_system) return broke(error_text(error.value()), error.value());
  if (error.category() == asio::error::get_ssl_category() ||
      error == asio::ssl::error::stream_truncated) {
    return broke("TLS failed: " + error.message());
  }
  broke(error == http::error::end_of_stream ? "the connection was closed without a reply"
        : error == http::error::partial_message
            ? "the connection was closed in the middle of a reply"
            : "the reply cannot be read: " + error.message());
}

void Exchange::broke(std::string failure, int error) {
  reply_.failure = std::move(failure);
  reply_.error = error;
  finish(Ending::kBroken);
}

void Exchange::end(Ending ending) {
  if (!finished_) finish(ending);
}

void Exchange::finish(Ending ending) {
  finished_ = true;
  on_stop_.reset();
  deadline_.cancel();
  resolver_.cancel();
  reply_.ending = ending;
  // What the server sent beyond its reply is of no request.
  if (ending == Ending::kAnswered && !tls_ && parser_->keep_alive() && buffer_.size() == 0) {
    connections_.keep(std::move(*socket_));
  }
  // Closes it where it was not kept; what still waits for it ends, and finds that all is over.
  if (tls_) {
    error_code ignored;
    socket_->close(ignored);
  } else {
    socket_.reset();
  }
  std::exchange(done_, nullptr)(std::move(reply_));
}

}  // namespace

struct HttpClient::Loop {
  explicit Loop(HttpAddress address) : connections(std::move(address)) {}

  Connections connections;
  asio::executor_work_guard<asio::io_context::executor_type> work{
      connections.context.get_executor()};
  std::jthread thread{[this] { connections.context.run(); }};
};

HttpClient::HttpClient(HttpAddress address) {
  const std::string attempt = "cannot prepare for calls over " +
                              (address.socket.empty() ? address.host : address.socket) + ": ";
  if (address.socket.size() >= sizeof(sockaddr_un::sun_path)) {
    throw Error(ExitCode::kEngine, attempt + "the path is too long for a socket",
                "use a shorter path");
  }
  try {
    loop_ = std::make_unique<Loop>(std::move(address));
  } catch (const std::system_error& error) {
    throw Error(ExitCode::kEngine, attempt + error_text(error.code().value()), limits_hint(true));
  }
}

HttpClient::~HttpClient() {
  loop_->work.reset();
  loop_->connections.context.stop();
}

void HttpClient::start(HttpRequest request, std::stop_token stop,
                       std::function<void(HttpReply)> done) {
  const std::string shown =
      std::string(http::to_string(verb_of(request.method))) + ' ' + request.target;
  const auto begin = std::chrono::steady_clock::now();
  auto exchange = std::make_shared<Exchange>(
      loop_->connections, std::move(request),
      [done = std::move(done), shown, begin](HttpReply reply) {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        spdlog::debug("{}: HTTP status {} after {:.3f} s", shown, reply.status, took.count());
        done(std::move(reply));
      });
  asio::post(loop_->connections.context,
             [exchange = std::move(exchange), stop = std::move(stop)] { exchange->begin(stop); });
}

HttpReply HttpClient::send(HttpRequest request, const std::stop_token& stop) {
  std::promise<HttpReply> promise;
  std::future<HttpReply> reply = promise.get_future();
  start(std::move(request), stop,
        [&promise](HttpReply value) { promise.set_value(std::move(value)); });
  return reply.get();
}

}  // namespace capmin
