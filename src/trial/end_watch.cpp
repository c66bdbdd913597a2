#include "trial/end_watch.h"

namespace capmin {

EndWatch::EndWatch(Engine& engine, const std::string& container, const std::stop_token& stop)
    : on_stop_(stop, [this] { stopped(); }) {
  engine.when_ended(container, quit_.get_token(), [this] { ended(); });
}

EndWatch::~EndWatch() {
  quit_.request_stop();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return call_over_; });
}

bool EndWatch::wait_until(std::chrono::steady_clock::time_point when) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, when, [this] { return call_over_ || stopped_; });
  return call_over_;
}

void EndWatch::ended() {
  any_.request_stop();
  const std::scoped_lock lock(mutex_);
  call_over_ = true;
  changed_.notify_all();
}

void EndWatch::stopped() {
  any_.request_stop();
  const std::scoped_lock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace capmin
