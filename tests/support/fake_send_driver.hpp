#pragma once

#include "send/send_driver.hpp"

#include <algorithm>
#include <asio/error.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace ancillary_test {

// Records the datagrams passed to a fake send driver, and holds its answers.
struct send_script {
  struct sent_datagram {
    std::string payload;
    asio::ip::udp::endpoint remote;
    std::optional<ancillary::ip_address> source;
    std::uint32_t interface_index;
  };
  // One answer per call: accept so many, then return `error`. Without a script, all are accepted.
  struct answer {
    std::size_t take = ~std::size_t{0};
    std::error_code error{};
  };

  std::deque<answer> answers;
  std::vector<sent_datagram> sent;
  std::vector<std::size_t> calls; // the number of datagrams offered in each call

  void full_for(std::size_t call_count) {
    answers.insert(answers.end(), call_count, {0, asio::error::would_block});
  }
};

class fake_send_driver final : public ancillary::detail::send_driver {
public:
  explicit fake_send_driver(std::shared_ptr<send_script> script) : script_(std::move(script)) {}

  ancillary::detail::send_result
  send(std::span<const ancillary::outgoing> datagrams,
       ancillary::detail::send_counter_set& count) noexcept override {
    send_script::answer now;
    if (!script_->answers.empty()) {
      now = script_->answers.front();
      script_->answers.pop_front();
    }
    script_->calls.push_back(datagrams.size());
    count.calls.add(1);
    const std::size_t taken = std::min(now.take, datagrams.size());
    for (const ancillary::outgoing& each : datagrams.first(taken)) {
      const auto* const text = reinterpret_cast<const char*>(each.payload.data());
      script_->sent.push_back(
          {std::string(text, each.payload.size()), each.remote, each.source, each.interface_index});
    }
    return {taken, taken < datagrams.size() ? now.error : std::error_code{}};
  }

private:
  std::shared_ptr<send_script> script_;
};

} // namespace ancillary_test
