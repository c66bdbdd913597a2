#include "system/interruption.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace capmin {

namespace asio = boost::asio;

struct Interruption::State {
  std::string last_words;
  std::stop_source stop;
  std::atomic<int> signal = 0;
  asio::io_context context{1};
  asio::signal_set signals{context, SIGINT, SIGTERM, SIGHUP};
  std::jthread thread;

  void wait_for_signal() {
    signals.async_wait([this](const boost::system::error_code& cancelled, int number) {
      if (cancelled) return;
      if (signal != 0) {
        [[maybe_unused]] const auto ignored =
            ::write(STDERR_FILENO, last_words.data(), last_words.size());
        ::_exit(128 + number);
      }
      signal = number;
      stop.request_stop();
      wait_for_signal();
    });
  }
};

Interruption::Interruption(std::string last_words) : state_(std::make_unique<State>()) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  state_->last_words = std::move(last_words);
  state_->wait_for_signal();
  state_->thread = std::jthread([state = state_.get()] { state->context.run(); });
}

Interruption::~Interruption() {
  state_->context.stop();
}

std::stop_token Interruption::token() const {
  return state_->stop.get_token();
}

int Interruption::signal() const {
  return state_->signal;
}

}  // namespace capmin
