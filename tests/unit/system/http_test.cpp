#include "system/http.h"

#include "scratch.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <future>
#include <mutex>
#include <semaphore>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace capmin {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Ending = HttpReply::Ending;
using Method = HttpRequest::Method;

const std::string kNoAnswer = "-";

/// A server that answers the requests of each connection, one after the other, by fixed bytes, and
/// then closes it. Notes what it was asked.
class Server {
 public:
  /// What a connection answers: one text for each request. An empty text never answers, and
  /// kNoAnswer closes the connection.
  using Script = std::vector<std::string>;

  explicit Server(std::vector<Script> connections) : scripts_(std::move(connections)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    thread_ = std::jthread([this] { serve(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  /// Takes no new connections from now on.
  void stop_listening() const { ::shutdown(listener_, SHUT_RDWR); }

  /// Wait until one more request has had its answer, or one more connection was closed.
  void await_answer() { CHECK(answered_.try_acquire_for(20s)); }
  void await_close() { CHECK(closed_.try_acquire_for(20s)); }

  std::string path() const { return (scratch_.path / "http").string(); }
  int connections() const { return connections_; }
  /// The requests so far, each with a '\n' in place of its line breaks.
  std::vector<std::string> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (const Script& script : scripts_) {
      const int file = ::accept(listener_, nullptr, nullptr);
      if (file < 0) return;
      ++connections_;
      for (const std::string& answer : script) {
        if (!read_request(file)) break;
        if (answer == kNoAnswer) break;
        static_cast<void>(::send(file, answer.data(), answer.size(), MSG_NOSIGNAL));
        answered_.release();
        if (answer.empty()) read_request(file);  // until the client gives up
      }
      ::close(file);
      closed_.release();
    }
  }

  bool read_request(int file) {
    std::string text;
    char byte = 0;
    while (!text.ends_with("\r\n\r\n")) {
      if (::read(file, &byte, 1) != 1) return false;
      text += byte;
    }
    const std::size_t length = text.find("Content-Length: ");
    for (int left = length == std::string::npos ? 0 : std::stoi(text.substr(length + 16)); left > 0;
         --left) {
      if (::read(file, &byte, 1) != 1) return false;
      text += byte;
    }
    std::erase(text, '\r');
    const std::scoped_lock lock(mutex_);
    requests_.push_back(text);
    return true;
  }

  Scratch scratch_;
  std::counting_semaphore<> answered_{0};
  std::counting_semaphore<> closed_{0};
  std::vector<Script> scripts_;
  int listener_ = -1;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

std::string reply(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

HttpRequest get(const std::string& target = "/x") {
  return {.target = target, .deadline = 10s};
}

HttpRequest post(const std::string& body = {}) {
  return {.method = Method::kPost, .target = "/x", .body = body, .deadline = 10s};
}

TEST_CASE("a reply has its status and body, and its connection serves the next request") {
  Server server({{reply("one"), reply("gone", "404 Not Found"), reply("", "204 No Content")}});
  HttpClient client({.socket = server.path()});
  const HttpReply first = client.send(get("/a?b=c"));
  CHECK(first.ok());
  CHECK(first.body == "one");
  const HttpReply second = client.send(post("{}"));
  CHECK(second.ending == Ending::kAnswered);
  CHECK(second.status == 404);
  CHECK(second.body == "gone");
  CHECK_FALSE(second.ok());
  CHECK(client.send({.method = Method::kDelete, .target = "/y", .deadline = 10s}).status == 204);
  CHECK(server.connections() == 1);
  REQUIRE(server.requests().size() == 3);
  CHECK(server.requests()[0].starts_with("GET /a?b=c HTTP/1.1\nHost: localhost\n"));
  CHECK(server.requests()[1].starts_with("POST /x HTTP/1.1\n"));
  CHECK(server.requests()[1].find("Content-Type: application/json\n") != std::string::npos);
  CHECK(server.requests()[1].ends_with("\n\n{}"));
  CHECK(server.requests()[2].starts_with("DELETE /y HTTP/1.1\n"));
}

TEST_CASE(
    "bodies come in chunks and until the end of the connection, piece by piece where wanted") {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
  Server server({{chunked, "HTTP/1.1 200 OK\r\n\r\nto the end"}, {reply("bad", "500 Oh")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "onetwo");
  std::string read;
  HttpRequest request = get();
  request.reader = [&read](std::string_view piece) { read += piece; };
  const HttpReply whole = client.send(request);
  CHECK(whole.ok());
  CHECK(whole.body.empty());
  CHECK(read == "to the end");
  read.clear();
  CHECK(client.send(request).body == "bad");
  CHECK(read.empty());
}

TEST_CASE("what is no whole reply is broken, and says why") {
  for (const auto& [answer, why] : std::vector<std::pair<std::string, std::string>>{
           {"garbage\r\n\r\n", "the reply cannot be read"},
           {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "in the middle of a reply"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "in the middle of a reply"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "the reply cannot be read"},
           {"HTTP/1.1 200 OK\r\nContent-", "in the middle of a reply"},
           {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
            "the reply cannot be read"},
       }) {
    CAPTURE(answer.substr(0, 80));
    Server server({{answer}});
    HttpClient client({.socket = server.path()});
    const HttpReply got = client.send(get());
    CHECK(got.ending == Ending::kBroken);
    CHECK_FALSE(got.ok());
    CHECK(got.was_connected);
    CHECK(got.failure.find(why) != std::string::npos);
  }
}

TEST_CASE("a body that is longer than the limit is broken off") {
  Server server({{reply(std::string(5000, 'x'))}, {reply(std::string(5000, 'x'))}});
  HttpClient client({.socket = server.path()});
  HttpRequest request = get();
  request.limit = 4999;
  CHECK(client.send(request).ending == Ending::kBroken);
  request.limit = 5000;
  CHECK(client.send(request).body.size() == 5000);
}

TEST_CASE("a server that is not there was never reached") {
  const Scratch scratch;
  HttpClient client({.socket = (scratch.path / "none").string()});
  const HttpReply got = client.send(post());
  CHECK(got.ending == Ending::kBroken);
  CHECK(got.error == ENOENT);
  CHECK_FALSE(got.was_connected);
}

TEST_CASE("a deadline and a stop end a request that is not answered, before and within a reply") {
  for (const std::string& answer : {""s, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"s}) {
    // A second text that never comes keeps the connection open.
    Server server({{answer, ""}, {answer, ""}});
    HttpClient client({.socket = server.path()});
    HttpRequest request = get();
    request.deadline = 50ms;
    CHECK(client.send(request).ending == Ending::kDeadline);
    std::stop_source stop;
    server.await_answer();
    std::jthread stopper([&stop, &server] {
      server.await_answer();
      stop.request_stop();
    });
    CHECK(client.send(get(), stop.get_token()).ending == Ending::kStopped);
  }
}

TEST_CASE("a connection that was closed meanwhile is replaced, for whatever is asked next") {
  Server server({{reply("one")}, {reply("two")}, {reply("three")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "one");
  server.await_close();
  CHECK(client.send(post()).body == "two");
  server.await_close();
  CHECK(client.send(get()).body == "three");
}

TEST_CASE(
    "a request that can have reached the server is sent again only where that changes nothing") {
  // The first connection takes a second request and closes without an answer.
  {
    Server server({{reply("one"), kNoAnswer}, {reply("two")}});
    HttpClient client({.socket = server.path()});
    CHECK(client.send(get()).body == "one");
    const HttpReply got = client.send(post());
    CHECK(got.ending == Ending::kBroken);
    CHECK(server.connections() == 1);
  }
  Server server({{reply("one"), kNoAnswer}, {reply("two")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "one");
  CHECK(client.send(get()).body == "two");
}

TEST_CASE("what a server sends beyond its reply is of no request") {
  Server server({{reply("one") + reply("late", "408 Request Timeout"), kNoAnswer}, {reply("two")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "one");
  CHECK(client.send(post()).body == "two");
}

TEST_CASE("a server that takes no new connections is not there for who asks over one") {
  Server server({{reply("one"), reply("two")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "one");
  server.stop_listening();
  HttpRequest asked = get();
  asked.on_new_connection = true;
  const HttpReply refused = client.send(std::move(asked));
  CHECK(refused.ending == Ending::kBroken);
  CHECK(!refused.was_connected);
  CHECK(client.send(get()).body == "two");
}

TEST_CASE("requests of several threads each have a connection") {
  std::vector<Server::Script> scripts(4, {reply("x")});
  Server server(scripts);
  HttpClient client({.socket = server.path()});
  std::vector<std::future<HttpReply>> replies;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    replies.push_back(std::async(std::launch::async, [&client] { return client.send(get()); }));
  }
  for (std::future<HttpReply>& each : replies) {
    CHECK(each.get().body == "x");
  }
}

}  // namespace
}  // namespace capmin
