#include "lanes/hand_over.hpp"

#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/detail/lane_group.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <charconv>
#include <chrono>
#include <exception>
#include <functional>
#include <gsl/util>
#include <span>
#include <utility>

namespace ancillary::detail {

namespace {

using namespace std::chrono_literals;

// What the other process answers at once, unless it hangs.
constexpr std::chrono::milliseconds answer_patience = 10s;
// The handlers of the old process have this long to return. The new process waits a little longer,
// to hear what the old one says then.
constexpr std::chrono::milliseconds stop_patience = 50s;
constexpr std::chrono::milliseconds stop_answer_patience = 60s;
// The new process is set up in this time. Meanwhile nobody receives.
constexpr std::chrono::milliseconds set_up_patience = 60s;

namespace word {
const std::string take = "take 1";
const std::string sockets = "sockets ";
const std::string stop = "stop";
const std::string stopped = "stopped";
const std::string ready = "ready";
const std::string yours = "yours";
const std::string mine = "mine";
} // namespace word

std::size_t number_after(const std::string& text, const std::string& before) noexcept {
  std::size_t number = 0;
  std::from_chars(text.data() + before.size(), text.data() + text.size(), number);
  return number;
}

// Of a connection, by the other.
bool is_end(const std::error_code& error) noexcept {
  return error == asio::error::eof || error == asio::error::connection_reset;
}

void close_all(std::vector<native_socket>& sockets) noexcept {
  for (const native_socket& each : sockets) {
    close_passed(each);
  }
  sockets.clear();
}

} // namespace

port_taker::~port_taker() { close_all(sockets_); }

std::unique_ptr<port_taker> port_taker::ask(const std::string& path) {
  std::error_code error;
  auto owner = connect_to_owner(path, error);
  if (error) {
    throw described_error(error, "taking over from the process at " + path);
  }
  if (!owner) {
    return nullptr;
  }
  std::unique_ptr<port_taker> taker(new port_taker(path, std::move(owner)));
  taker->say(word::take);
  for (std::size_t count = 1; taker->sockets_.size() < count;) {
    hand_over_message part = taker->expect(word::sockets, answer_patience);
    count = number_after(part.text, word::sockets);
    taker->sockets_.insert(taker->sockets_.end(), part.sockets.begin(), part.sockets.end());
    if (part.sockets.empty()) {
      break;
    }
  }
  return taker;
}

passed_sockets port_taker::take_sockets() {
  passed_sockets taken(sockets_);
  sockets_.clear();
  return taken;
}

void port_taker::stop_owner() {
  say(word::stop);
  static_cast<void>(hears(word::stopped, stop_answer_patience));
}

void port_taker::become_owner(const std::function<void()>& prepare) {
  // Of a connection that the other has ended, hears() knows why.
  const auto say_if_open = [this](const std::string& what) {
    const std::error_code error = owner_->send(what, {});
    const bool has_ended = error == asio::error::broken_pipe || is_end(error);
    if (error && !has_ended) {
      fail(error, "saying \"" + what + '"');
    }
    return !has_ended;
  };
  say_if_open(word::ready);
  const bool is_there = hears(word::yours, answer_patience);
  prepare();
  if (is_there && !say_if_open(word::mine)) {
    static_cast<void>(hears(word::mine, answer_patience));
  }
}

void port_taker::say(const std::string& what) {
  if (const std::error_code error = owner_->send(what, {})) {
    fail(error, "saying \"" + what + '"');
  }
}

hand_over_message port_taker::expect(const std::string& wanted,
                                     std::chrono::milliseconds patience) {
  hand_over_message message;
  if (const std::error_code error = owner_->receive(message, patience)) {
    fail(error, "waiting for \"" + wanted + '"');
  }
  if (!message.text.starts_with(wanted)) {
    close_all(message.sockets);
    fail(make_error_code(asio::error::operation_not_supported), "it said: " + message.text);
  }
  return message;
}

bool port_taker::hears(const std::string& wanted, std::chrono::milliseconds patience) {
  try {
    static_cast<void>(expect(wanted, patience));
    return true;
  } catch (const std::system_error& error) {
    if (is_end(error.code())) {
      return false; // it has ended, and this process has the sockets
    }
    throw;
  }
}

void port_taker::fail(const std::error_code& error, const std::string& step) const {
  throw described_error(error, "taking over from the process at " + path_ + ": " + step);
}

port_offer::port_offer(const std::string& path, lane_group& lanes) : lanes_(lanes) {
  std::error_code error;
  listener_ = listen_for_successor(path, error);
  if (error) {
    throw described_error(error, "listening at " + path + " for the process that takes over");
  }
  thread_ = std::thread([this] { serve(); });
}

port_offer::~port_offer() {
  listener_->interrupt();
  thread_.join();
}

// An exception here, for want of memory, ends one exchange.
void port_offer::serve() noexcept {
  for (;;) {
    try {
      const auto successor = listener_->accept();
      if (!successor) {
        return; // interrupted
      }
      if (hand_over_to(*successor)) {
        listener_->retire();
        return;
      }
    } catch (const std::exception&) {
    }
  }
}

bool port_offer::send_sockets(hand_over_channel& successor) {
  const std::vector<native_socket> all = lanes_.sockets();
  const std::string text = word::sockets + std::to_string(all.size());
  for (std::span rest(all); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), hand_over_sockets));
    if (successor.send(text, part)) {
      return false;
    }
    rest = rest.subspan(part.size());
  }
  return true;
}

bool port_offer::hand_over_to(hand_over_channel& successor) {
  // Each wait ends when the other process ends or interrupt() is called.
  const auto hears = [&](const std::string& wanted, std::chrono::milliseconds patience) {
    hand_over_message said;
    const bool heard = !successor.receive(said, patience) && said.text == wanted;
    close_all(said.sockets); // it has none to give
    return heard;
  };
  const auto refuse = [&](const std::string& why) {
    static_cast<void>(successor.send(why, {}));
    return false;
  };
  if (!hears(word::take, answer_patience)) {
    return refuse("this process expects \"" + word::take + '"');
  }
  // A process that ends says nothing: the successor goes on.
  const auto go_on_without = [&](const std::string& unheard) {
    return lanes_.goes_on() && refuse("this process goes on, without \"" + unheard + '"');
  };
  if (!send_sockets(successor) || !hears(word::stop, answer_patience)) {
    return go_on_without(word::stop);
  }
  const auto until = std::chrono::steady_clock::now() + stop_patience;
  const auto resume = gsl::finally([this]() noexcept { lanes_.resume(); });
  if (!lanes_.pause(
          [&] { return successor.is_open() && std::chrono::steady_clock::now() < until; })) {
    return refuse("a handler of this process does not return");
  }
  if (successor.send(word::stopped, {}) || !hears(word::ready, set_up_patience)) {
    return go_on_without(word::ready);
  }
  if (successor.send(word::yours, {}) ||
      (!hears(word::mine, answer_patience) && !has_said_mine(successor))) {
    return go_on_without(word::mine);
  }
  lanes_.leave();
  return true;
}

// After this, the other cannot say it any more.
bool port_offer::has_said_mine(hand_over_channel& successor) {
  hand_over_message said;
  const bool has = !successor.receive_last(said) && said.text == word::mine;
  close_all(said.sockets);
  return has;
}

} // namespace ancillary::detail
