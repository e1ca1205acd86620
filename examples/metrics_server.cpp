// metrics_server [PORT] [--http PORT]: echoes every datagram, and shows the counters to Prometheus
// at http://127.0.0.1:PORT/metrics, on the same io_context.

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace {

using ancillary::metrics_format;
using asio::ip::tcp;
using page_maker = std::function<void(std::ostream&, metrics_format)>;

void echo(const ancillary::packet& request) {
  if (!request.payload_truncated()) {
    request.reply(request.payload());
  }
}

std::string answer_to(std::string_view request, const page_maker& make_page) {
  std::string status = "200 OK";
  std::string_view type = "text/plain; charset=utf-8";
  std::ostringstream body;
  if (!request.starts_with("GET /metrics ")) {
    status = request.starts_with("GET ") ? "404 Not Found" : "405 Method Not Allowed";
    body << "GET /metrics\n";
  } else {
    // Prometheus sends this type in its Accept header if it can read the format.
    const bool newer = request.find("application/openmetrics-text") != std::string_view::npos;
    const auto format = newer ? metrics_format::openmetrics : metrics_format::prometheus;
    type = ancillary::content_type(format);
    make_page(body, format);
  }
  const std::string text = body.str();
  std::ostringstream answer;
  answer << "HTTP/1.1 " << status << "\r\nContent-Type: " << type
         << "\r\nContent-Length: " << text.size() << "\r\nConnection: close\r\n\r\n"
         << text;
  return answer.str();
}

// One request for each connection, which lasts for at most five seconds.
asio::awaitable<void> serve(std::shared_ptr<tcp::socket> client, const page_maker& make_page) {
  asio::steady_timer limit(client->get_executor(), std::chrono::seconds(5));
  // The handler may already be queued when this coroutine ends, so it shares the socket.
  limit.async_wait([client](const std::error_code& error) {
    if (!error) {
      client->close();
    }
  });
  constexpr std::size_t longest_request = 16 * 1024;
  std::string request;
  std::error_code error;
  co_await asio::async_read_until(*client, asio::dynamic_buffer(request, longest_request),
                                  "\r\n\r\n", asio::redirect_error(asio::use_awaitable, error));
  if (!error) {
    const std::string answer = answer_to(request, make_page);
    co_await asio::async_write(*client, asio::buffer(answer),
                               asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, const page_maker& make_page) {
  for (;;) {
    std::error_code error;
    tcp::socket client =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!acceptor.is_open()) {
      co_return;
    }
    if (error) { // for example no descriptor left: does not try again at once
      asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
    } else {
      auto shared = std::make_shared<tcp::socket>(std::move(client));
      asio::co_spawn(acceptor.get_executor(), serve(std::move(shared), make_page), asio::detached);
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  example::arguments arguments("Echoes every datagram, and shows its counters to Prometheus");
  std::uint16_t port = 7;
  std::uint16_t http_port = 9100;
  arguments.add("PORT", port);
  arguments.add("--http", http_port, "Port of http://127.0.0.1/metrics");
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    ancillary::receive_options options;
    options.metadata.require({ancillary::field::destination});
    options.metadata.want({ancillary::field::dropped_total});
    options.dual_stack = true;
    options.payload_capacity = 65535;
    options.batch = 16;
    ancillary::receiver server(io, {asio::ip::udp::v6(), port}, &echo, options);
    server.start();

    const page_maker make_page = [&](std::ostream& out, metrics_format format) {
      write_metrics(out, ancillary::metrics_of(server, {{"server", "echo"}}), format);
    };
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), http_port});
    asio::co_spawn(io, listen(acceptor, make_page), asio::detached);
    std::cout << "echoing on port " << server.local_endpoint().port()
              << ", metrics at http://127.0.0.1:" << acceptor.local_endpoint().port() << "/metrics"
              << std::endl;

    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const std::error_code&, int) {
      server.stop();
      acceptor.close();
    });
    io.run();
  } catch (const std::exception& problem) {
    std::cerr << "metrics_server: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
