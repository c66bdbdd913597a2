#pragma once

#include "engine/engine.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

namespace capmin {

/// Tells when a running container has ended or a stop was requested.
class EndWatch {
 public:
  EndWatch(Engine& engine, const std::string& container, const std::stop_token& stop);
  /// Waits for the engine's waiting call itself, whose end uses this object.
  ~EndWatch();
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  /// Waits until the container has ended, a stop was requested, or `when`; true if it has ended.
  bool wait_until(std::chrono::steady_clock::time_point when);
  /// Stops when the container has ended or a stop was requested.
  std::stop_token any() const { return any_.get_token(); }

 private:
  void ended();
  void stopped();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool call_over_ = false;
  bool stopped_ = false;
  std::stop_source any_;
  std::stop_source quit_;
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace capmin
