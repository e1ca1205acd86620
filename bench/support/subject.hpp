// What is compared: ways of receiving, each as well as it can be written.
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

// What every receiver does with a datagram, so that none saves itself the work: its pointer, its
// length, its first byte; its destination, hop limit and traffic class where they were asked for.
class tally {
public:
  // True once the datagrams that were waited for are there.
  [[nodiscard]] bool visit(const std::byte* payload, std::size_t bytes) noexcept {
    sum_ += bytes + (bytes != 0 ? std::to_integer<std::uint64_t>(*payload) : 0);
    return ++datagrams_ == target_;
  }
  void metadata(std::uint32_t destination, unsigned hop_limit, unsigned traffic_class) noexcept {
    sum_ += destination + hop_limit + traffic_class;
  }

  // For a receiver that counts by itself.
  void set(std::uint64_t datagrams) noexcept { datagrams_ = datagrams; }

  void expect(std::uint64_t datagrams) noexcept { target_ = datagrams_ + datagrams; }
  [[nodiscard]] bool complete() const noexcept { return datagrams_ >= target_; }
  [[nodiscard]] std::uint64_t datagrams() const noexcept { return datagrams_; }
  [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }

private:
  std::uint64_t datagrams_ = 0;
  std::uint64_t target_ = ~std::uint64_t{0};
  std::uint64_t sum_ = 0;
};

class subject {
public:
  virtual ~subject() = default;

  // Where datagrams are to be sent, in turn.
  [[nodiscard]] virtual std::vector<std::uint16_t> ports() const = 0;

  // Receives until so many more datagrams have come; it may take a few more that were there.
  virtual void receive(std::uint64_t datagrams) = 0;

  [[nodiscard]] const tally& seen() const noexcept { return tally_; }

protected:
  tally tally_;
};

struct subject_kind {
  std::string name;
  std::string what; // for people
  bool coalesces = false;
  std::function<std::unique_ptr<subject>()> make;
};

// What is compared with what unless the command line says otherwise.
struct comparison {
  std::string name;
  std::string reference;
  bool quick = false; // part of a short run: what is promised, and the controls
};
struct comparison_set {
  std::string load;
  std::vector<comparison> comparisons;
  std::vector<std::uint32_t> sizes{64, 1200}; // payload bytes
};

class report;

// What each program defines for itself.

[[nodiscard]] std::string program_name(); // "throughput": figures are called after it

// All that it has on this system, and what it compares.
[[nodiscard]] std::vector<subject_kind> subjects();
[[nodiscard]] std::vector<comparison_set> usual_comparisons();

// Figures that need no traffic.
void add_other_figures(report& figures);

// Whether receivers are compared by their processor time for a datagram, or, where that is spread
// over several processes, by datagrams a second.
enum class measure { processor_time, rate };
[[nodiscard]] measure usual_measure() noexcept;

// Kernel space for datagrams that wait, in bytes. Ask for more than is granted.
inline constexpr int receive_buffer_bytes = 1 << 22;
inline constexpr std::size_t payload_capacity = 2048;

} // namespace ancillary::bench
