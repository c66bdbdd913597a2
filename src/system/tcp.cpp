#include "system/tcp.h"

#include "system/process_limits.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace capmin {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

TcpReply connect_tcp(const std::string& address, unsigned short port,
                     std::chrono::milliseconds deadline, const std::stop_token& stop) {
  using Ending = TcpReply::Ending;
  error_code error;
  const asio::ip::address ip = asio::ip::make_address(address, error);
  if (error) return {Ending::kRefused, address + " is no IP address"};
  asio::io_context context(1);
  tcp::socket socket(context);
  asio::steady_timer timer(context, deadline);
  TcpReply reply{Ending::kDeadline};
  const auto end = [&](Ending ending, std::string failure = {}) {
    reply = {ending, std::move(failure)};
    context.stop();
  };
  timer.async_wait([&](const error_code& cancelled) {
    if (!cancelled) end(Ending::kDeadline);
  });
  socket.async_connect({ip, port}, [&](const error_code& failure) {
    if (!failure) return end(Ending::kConnected);
    end(Ending::kRefused, error_text(failure.value()));
  });
  const std::stop_callback on_stop(stop,
                                   [&] { asio::post(context, [&] { end(Ending::kStopped); }); });
  context.run();
  return reply;
}

}  // namespace capmin
