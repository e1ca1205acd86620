#include "lanes/hand_over.hpp"

#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/detail/lane_group.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <charconv>
#include <chrono>
#include <exception>
#include <gsl/util>
#include <span>
#include <utility>

namespace ancillary::detail {

namespace {

using namespace std::chrono_literals;

// What the other process answers at once, unless it hangs.
constexpr std::chrono::milliseconds answer_patience = 10s;
// The handlers of the old process have this long to return.
constexpr std::chrono::milliseconds stop_patience = 60s;
// The new process is set up in this time.
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
  taker->say(word::take.c_str());
  for (std::size_t count = 1; taker->sockets_.size() < count;) {
    hand_over_message part = taker->expect(word::sockets);
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
  say(word::stop.c_str());
  static_cast<void>(expect(word::stopped));
}

void port_taker::become_owner() {
  say(word::ready.c_str());
  static_cast<void>(expect(word::yours));
  say(word::mine.c_str());
}

void port_taker::say(const char* what) {
  if (const std::error_code error = owner_->send(what, {})) {
    fail(error, std::string("saying \"") + what + '"');
  }
}

hand_over_message port_taker::expect(const std::string& wanted) {
  hand_over_message message;
  const std::error_code error =
      owner_->receive(message, wanted == word::stopped ? stop_patience : answer_patience);
  if (error) {
    fail(error, "waiting for \"" + wanted + '"');
  }
  if (!message.text.starts_with(wanted)) {
    close_all(message.sockets);
    fail(make_error_code(asio::error::operation_not_supported), "it said: " + message.text);
  }
  return message;
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
  hand_over_message said;
  const auto hears = [&](const std::string& wanted, std::chrono::milliseconds patience) {
    const bool heard = !successor.receive(said, patience) && said.text == wanted;
    close_all(said.sockets); // it has none to give
    return heard;
  };
  if (!hears(word::take, answer_patience)) {
    static_cast<void>(successor.send("this process expects \"" + word::take + '"', {}));
    return false;
  }
  if (!send_sockets(successor) || !hears(word::stop, answer_patience)) {
    return false;
  }
  if (!lanes_.pause()) {
    static_cast<void>(successor.send("this process has stopped receiving by itself", {}));
    return false;
  }
  const auto resume = gsl::finally([this]() noexcept { lanes_.resume(); });
  if (!successor.send(word::stopped, {}) && hears(word::ready, set_up_patience) &&
      !successor.send(word::yours, {}) && hears(word::mine, answer_patience)) {
    lanes_.leave();
    return true;
  }
  return false;
}

} // namespace ancillary::detail
