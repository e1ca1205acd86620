// The compared ways of receiving, each written as well as possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ancillary::bench {

// What every receiver reads of a datagram, so that all do the same work: its pointer, its length,
// its first byte; its destination, hop limit and traffic class if requested.
class tally {
public:
  // Returns true once all expected datagrams have arrived.
  [[nodiscard]] bool visit(const std::byte* payload, std::size_t bytes) noexcept {
    read(payload, bytes);
    return --left_ == 0;
  }
  // The two halves of visit(), for a receiver that counts once for each batch.
  void read(const std::byte* payload, std::size_t bytes) noexcept {
    sum_ += bytes + (bytes != 0 ? std::to_integer<std::uint64_t>(*payload) : 0);
  }
  [[nodiscard]] bool count(std::uint64_t datagrams) noexcept {
    left_ -= static_cast<std::int64_t>(datagrams);
    return left_ <= 0;
  }
  void metadata(std::uint32_t destination, unsigned hop_limit, unsigned traffic_class) noexcept {
    sum_ += destination + hop_limit + traffic_class;
  }

  // For a receiver that counts itself.
  void set(std::uint64_t datagrams) noexcept {
    left_ = target_ - static_cast<std::int64_t>(datagrams);
  }

  void expect(std::uint64_t datagrams) noexcept {
    const auto more = static_cast<std::int64_t>(datagrams);
    target_ += more - left_;
    left_ = more;
  }
  [[nodiscard]] std::uint64_t datagrams() const noexcept {
    return static_cast<std::uint64_t>(target_ - left_);
  }
  [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }

private:
  std::int64_t target_ = 0;
  std::int64_t left_ = 0; // until `target_`: counting down needs fewer instructions
  std::uint64_t sum_ = 0;
};

class subject {
public:
  virtual ~subject() = default;

  // The destination ports, used in turn.
  [[nodiscard]] virtual std::vector<std::uint16_t> ports() const = 0;

  // Receives until that many more datagrams have arrived; may receive a few more that are pending.
  virtual void receive(std::uint64_t datagrams) = 0;

  [[nodiscard]] const tally& seen() const noexcept { return tally_; }

protected:
  tally tally_;
};

struct subject_kind {
  std::string name;
  std::string what; // a description
  bool coalesces = false;
  std::function<std::unique_ptr<subject>()> make;
  bool counted = true; // instructions can be counted: one thread, not too many sockets
};

// The comparisons of a program, unless the command line chooses others.
struct comparison {
  std::string name;
  std::string reference;
  bool quick = false; // part of a short run: the promised figures and the controls
};
struct comparison_set {
  std::string load;
  std::vector<comparison> comparisons;
  std::vector<std::uint32_t> sizes{64, 1200}; // payload bytes
};

class report;

// Defined by each program.

[[nodiscard]] std::string program_name(); // "throughput", the prefix of its figures

// The program's subjects on this system, and its comparisons.
[[nodiscard]] std::vector<subject_kind> subjects();
[[nodiscard]] std::vector<comparison_set> usual_comparisons();

// Figures that need no traffic.
void add_other_figures(report& figures);

// Receivers are compared by processor time per datagram or, if that is spread over several
// processes, by datagrams per second.
enum class measure { processor_time, rate };
[[nodiscard]] measure usual_measure() noexcept;

// The requested size of the receive buffer, in bytes; the system may grant less.
inline constexpr int receive_buffer_bytes = 1 << 22;
inline constexpr std::size_t payload_capacity = 2048;

// Set while instructions are counted: then nothing may depend on a clock.
inline bool counting = false;

} // namespace ancillary::bench
