#pragma once

#include "scratch.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <semaphore>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace capmin {

inline const std::string kNoAnswer = "-";

/// A server that answers the requests of each connection, one after the other, by fixed bytes, and
/// then closes it. Notes what it was asked.
class ScriptedServer {
 public:
  /// What a connection answers: one text for each request. An empty text never answers, and
  /// kNoAnswer closes the connection.
  using Script = std::vector<std::string>;

  explicit ScriptedServer(std::vector<Script> connections) : scripts_(std::move(connections)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    thread_ = std::jthread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  /// Takes no new connections from now on.
  void stop_listening() const { ::shutdown(listener_, SHUT_RDWR); }

  /// Wait until one more request has had its answer, or one more connection was closed.
  void await_answer() { CHECK(answered_.try_acquire_for(std::chrono::seconds(20))); }
  void await_close() { CHECK(closed_.try_acquire_for(std::chrono::seconds(20))); }

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

/// A reply of HTTP with this body.
inline std::string http_reply(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace capmin
