#include "system/http.h"

#include "scripted_server.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

namespace capmin {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Ending = HttpReply::Ending;
using Method = HttpRequest::Method;

HttpRequest get(const std::string& target = "/x") {
  return {.target = target, .deadline = 10s};
}

HttpRequest post(const std::string& body = {}) {
  return {.method = Method::kPost, .target = "/x", .body = body, .deadline = 10s};
}

TEST_CASE("a reply has its status and body, and its connection serves the next request") {
  ScriptedServer server(
      {{http_reply("one"), http_reply("gone", "404 Not Found"), http_reply("", "204 No Content")}});
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
  ScriptedServer server(
      {{chunked, "HTTP/1.1 200 OK\r\n\r\nto the end"}, {http_reply("bad", "500 Oh")}});
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
    ScriptedServer server({{answer}});
    HttpClient client({.socket = server.path()});
    const HttpReply got = client.send(get());
    CHECK(got.ending == Ending::kBroken);
    CHECK_FALSE(got.ok());
    CHECK(got.was_connected);
    CHECK(got.failure.find(why) != std::string::npos);
  }
}

TEST_CASE("a body that is longer than the limit is broken off") {
  ScriptedServer server(
      {{http_reply(std::string(5000, 'x'))}, {http_reply(std::string(5000, 'x'))}});
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
    ScriptedServer server({{answer, ""}, {answer, ""}});
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
  ScriptedServer server({{http_reply("one")}, {http_reply("two")}, {http_reply("three")}});
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
    ScriptedServer server({{http_reply("one"), kNoAnswer}, {http_reply("two")}});
    HttpClient client({.socket = server.path()});
    CHECK(client.send(get()).body == "one");
    const HttpReply got = client.send(post());
    CHECK(got.ending == Ending::kBroken);
    CHECK(server.connections() == 1);
  }
  ScriptedServer server({{http_reply("one"), kNoAnswer}, {http_reply("two")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "one");
  CHECK(client.send(get()).body == "two");
}

TEST_CASE("what a server sends beyond its reply is of no request") {
  ScriptedServer server({{http_reply("one") + http_reply("late", "408 Request Timeout"), kNoAnswer},
                         {http_reply("two")}});
  HttpClient client({.socket = server.path()});
  CHECK(client.send(get()).body == "one");
  CHECK(client.send(post()).body == "two");
}

TEST_CASE("a server that takes no new connections is not there for who asks over one") {
  ScriptedServer server({{http_reply("one"), http_reply("two")}});
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
  std::vector<ScriptedServer::Script> scripts(4, {http_reply("x")});
  ScriptedServer server(scripts);
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
