// The input is a scenario: the set-up of the loop (three octets), then one step after another. A
// step is an octet and its arguments; see `story::step` and `story::act`.
#include "fuzz/finding.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "support/free_slots.hpp"
#include "support/scripted_control.hpp"
#include "support/scripted_driver.hpp"
#include <ancillary/recvmsg/detail/delivery.hpp>
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ancillary_test::fuzz {

namespace {

using namespace ancillary;

struct planned_exception {};

constexpr std::size_t number_bytes_in_payload = 2;

// What the handler and the filter see and do.
class story {
public:
  explicit story(asio::io_context& io, input_bytes& from) : io_(io), from_(from) {
    const std::uint8_t kind = from.octet();
    const std::uint8_t sizes = from.octet();
    const std::uint8_t capacities = from.octet();
    traffic_ = std::make_shared<script>((kind & 1) != 0 ? driver_shape::completion
                                                        : driver_shape::readiness,
                                        static_cast<layout_id>(kind >> 1 & 3));
    traffic_->error_beside_datagrams = (kind & 8) != 0;
    options_.budget_batches = 1 + (sizes >> 6);
    pool_ = slot_pool::make({.batch = std::size_t{1} + sizes % 8,
                             .payload_capacity = number_bytes_in_payload + capacities % 64,
                             .control_capacity = 16 + std::size_t{16} * (capacities >> 5),
                             .retainable = std::size_t{sizes} >> 3 & 3U});
    granted_ = (kind & 16) != 0 ? field_set{field::hop_limit, field::ecn} : field_set{};
    filtering_ = (kind & 32) != 0;
    batches_ = (kind & 64) != 0;
  }

  void run() {
    make_loop();
    while (!from_.empty() && loop_) {
      step();
    }
    end();
  }

private:
  // One of four handler types, so that all ways of delivery run.
  void make_loop() {
    const auto filter = [this](const packet& each) { return accepts(each); };
    const auto one = [this](const packet& each) { handle({&each, 1}); };
    const auto many = [this](std::span<const packet> batch) { handle(batch); };
    if (filtering_ && batches_) {
      make_loop_with(with_filter(filter, many));
    } else if (filtering_) {
      make_loop_with(with_filter(filter, one));
    } else if (batches_) {
      make_loop_with(many);
    } else {
      make_loop_with(one);
    }
    loop_->error_handler = [this](const receive_error&) { act(); };
    loop_->pause_handler = [](bool) {};
  }

  template <class Handler>
  void make_loop_with(Handler handler) {
    loop_ = std::make_shared<detail::delivery<detail::receive_loop, Handler>>(
        std::move(handler), asio::ip::udp::socket(io_), std::make_unique<scripted_driver>(traffic_),
        pool_, granted_, options_);
  }

  void step() {
    const std::uint8_t what = from_.octet();
    const std::uint8_t more = what >> 4;
    switch (what % 16) {
    case 0: {
      const auto payload = payload_of(from_.octet());
      const auto control = from_.take(from_.octet());
      traffic_->datagram(payload, {control.begin(), control.end()}, more);
      break;
    }
    case 1: {
      const auto payload = payload_of(from_.octet());
      traffic_->datagram(payload, coalesced(from_.octet()));
      break;
    }
    case 2:
      for (int i = 0; i <= more; ++i) {
        traffic_->datagram(payload_of(4));
      }
      break;
    case 3:
      traffic_->error(static_cast<receive_condition>(1 + more % (receive_condition_count - 1)));
      break;
    case 4:
      traffic_->cut((more & 1) != 0);
      break;
    case 5:
      actions_.push_back(from_.octet());
      break;
    case 6:
      loop_->stop();
      break;
    case 7:
      if (loop_->stopped()) {
        loop_->start();
      }
      break;
    case 8:
      traffic_->arms_to_refuse = more;
      break;
    case 9:
      release(more);
      break;
    case 10:
      verdicts_.push_back(more);
      break;
    case 11:
      asio::post(io_, [loop = loop_] { loop->resume(); }); // spurious calls are allowed
      break;
    case 12:
      poll(1);
      break;
    default:
      poll(1000);
    }
  }

  std::string payload_of(std::size_t bytes) {
    std::string payload(number_bytes_in_payload + bytes, 'x');
    ++number_;
    payload[0] = static_cast<char>(number_ >> 8);
    payload[1] = static_cast<char>(number_);
    return payload;
  }

  std::vector<std::byte> coalesced(std::uint32_t segment_bytes) const {
    return with_layout(traffic_->layout, [&](auto tag) {
      return control<decltype(tag)>([&](auto& builder) { builder.segment_bytes(segment_bytes); });
    });
  }

  bool accepts(const packet& each) {
    const std::uint8_t verdict = next_of(verdicts_);
    if ((verdict & 1) != 0) {
      throw planned_exception{};
    }
    static_cast<void>(each.metadata().hop_limit());
    return (verdict & 2) == 0;
  }

  void handle(std::span<const packet> batch) {
    expect(!batch.empty(), "an empty batch");
    delivered_ += batch.size();
    for (const packet& each : batch) {
      look_at(each);
    }
    const bool keep = (next_of(keeps_) & 1) != 0;
    if (keep) {
      held_.push_back(batch.front().retain());
    }
    act();
  }

  // Reads everything in a packet and checks the order.
  void look_at(const packet& each) {
    const auto whole = each.slot_payload();
    expect(whole.size() >= number_bytes_in_payload, "a payload is too short");
    const std::uint16_t number = static_cast<std::uint16_t>(
        std::to_integer<unsigned>(whole[0]) << 8 | std::to_integer<unsigned>(whole[1]));
    expect(static_cast<std::uint16_t>(number - last_seen_) < 0x8000, "out of order");
    last_seen_ = number;
    const auto payload = each.payload();
    expect(payload.data() >= whole.data() &&
               payload.data() + payload.size() <= whole.data() + whole.size(),
           "a payload lies outside its slot");
    static_cast<void>(each.metadata().to_metadata());
    static_cast<void>(each.broadcast() || each.multicast());
  }

  // What the handlers do if planned.
  void act() {
    const std::uint8_t action = next_of(actions_);
    if ((action & 1) != 0) {
      loop_->stop();
    }
    if ((action & 2) != 0 && loop_->stopped()) {
      loop_->start();
    }
    if ((action & 4) != 0) {
      keeps_.push_back(1);
    }
    if ((action & 8) != 0) {
      release(action >> 6);
    }
    if ((action & 16) != 0 && loop_) {
      loop_->close(); // like a receiver's destructor
      destroyed_ = true;
    }
    if ((action & 32) != 0) {
      throw planned_exception{};
    }
  }

  void release(std::size_t which) {
    if (!held_.empty()) {
      held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which % held_.size()));
    }
  }

  static std::uint8_t next_of(std::deque<std::uint8_t>& plan) {
    if (plan.empty()) {
      return 0;
    }
    const std::uint8_t next = plan.front();
    plan.pop_front();
    return next;
  }

  void poll(int most) {
    io_.restart();
    for (int i = 0; i < most; ++i) {
      try {
        if (io_.poll_one() == 0) {
          break;
        }
      } catch (const planned_exception&) {
      }
      if (destroyed_) {
        loop_.reset();
      }
    }
  }

  void end() {
    if (loop_) {
      loop_->close();
      poll(1000);
      expect(loop_.use_count() == 1, "a loop that has ended is still referred to");
      const receive_counters counted = loop_->counters();
      expect(counted.datagrams == delivered_ + counted.filtered + counted.discarded_on_stop,
             "the counters do not balance");
      expect(counted.datagrams == traffic_->handed_over(), "the counters and the script differ");
      loop_.reset();
    }
    poll(1000);
    held_.clear();
    expect(free_slots(*pool_) == pool_->slot_count(), "a slot is lost");
  }

  asio::io_context& io_;
  input_bytes& from_;
  std::shared_ptr<script> traffic_;
  std::shared_ptr<slot_pool> pool_;
  receive_options options_;
  field_set granted_;
  bool filtering_ = false;
  bool batches_ = false;
  bool destroyed_ = false;

  std::shared_ptr<detail::receive_loop> loop_;
  std::deque<std::uint8_t> actions_;
  std::deque<std::uint8_t> verdicts_;
  std::deque<std::uint8_t> keeps_;
  std::vector<retained_packet> held_;
  std::uint64_t delivered_ = 0;
  std::uint16_t number_ = 0;
  std::uint16_t last_seen_ = 0;
};

} // namespace

void loop(std::span<const std::byte> input) {
  static asio::io_context io;
  input_bytes from(input);
  story(io, from).run();
}

} // namespace ancillary_test::fuzz
