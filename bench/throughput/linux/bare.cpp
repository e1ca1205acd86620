#include "bare_subjects.hpp"

#include <algorithm>
#include <netinet/udp.h>

namespace ancillary::bench {

namespace {

constexpr std::size_t largest_coalesced_bytes = 65535;
constexpr std::size_t coalesced_batch = 8; // the fastest: eight buffers fit into the cache

class bare_receiver : public bare_subject {
protected:
  explicit bare_receiver(const std::vector<bare_option>& options)
      : bare_subject(open_bare_socket(options)) {}
};

// One datagram per call.
class bare_recvmsg final : public bare_receiver {
public:
  explicit bare_recvmsg(const std::vector<bare_option>& options) : bare_receiver(options) {}

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    mmsghdr& header = *batch_.headers();
    for (bool complete = false; !complete;) {
      const ssize_t bytes = recvmsg(socket_, &header.msg_hdr, 0);
      if (bytes >= 0) {
        header.msg_len = static_cast<unsigned>(bytes);
        complete = take<true>(batch_, 1, tally_);
      }
    }
  }

private:
  bare_batch batch_{1, payload_capacity};
};

template <bool WithMetadata>
class bare_recvmmsg final : public bare_receiver {
public:
  explicit bare_recvmmsg(const std::vector<bare_option>& options) : bare_receiver(options) {}

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    for (bool complete = false; !complete;) {
      const int count = recvmmsg(socket_, batch_.headers(), batch_.size(), MSG_WAITFORONE, nullptr);
      if (count > 0) {
        complete = take<WithMetadata>(batch_, static_cast<std::size_t>(count), tally_);
      }
    }
  }

private:
  bare_batch batch_{64, payload_capacity, WithMetadata ? bare_batch::usual_control_bytes : 0};
};

// Visits the datagrams of coalesced buffers; returns whether all expected ones have arrived.
[[nodiscard]] bool take_coalesced(bare_batch& batch, int count, tally& into) noexcept {
  tally sum = into; // in registers
  std::uint64_t datagrams = 0;
  const std::byte* buffer = batch.payloads();
  const std::size_t distance = batch.payload_bytes();
  for (mmsghdr& each : std::span(batch.headers(), static_cast<std::size_t>(std::max(count, 0)))) {
    const control_fields all = walk(each.msg_hdr);
    sum.metadata(all.destination, all.hop_limit, all.traffic_class);
    each.msg_hdr.msg_controllen = bare_batch::usual_control_bytes;
    const std::byte* payload = buffer;
    std::size_t rest = each.msg_len;
    // All but the last one have the segment's size.
    const std::size_t segment = all.segment_bytes != 0 ? all.segment_bytes : rest;
    for (; rest > segment; rest -= segment) {
      sum.read(payload, segment);
      payload += segment;
      ++datagrams;
    }
    sum.read(payload, rest);
    ++datagrams;
    buffer += distance;
  }
  const bool complete = sum.count(datagrams);
  into = sum;
  return complete;
}

class bare_coalesced final : public bare_receiver {
public:
  explicit bare_coalesced(const std::vector<bare_option>& options, std::size_t batch)
      : bare_receiver(options), batch_(batch, largest_coalesced_bytes) {}

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    for (bool complete = false; !complete;) {
      const int count = recvmmsg(socket_, batch_.headers(), batch_.size(), MSG_WAITFORONE, nullptr);
      complete = take_coalesced(batch_, count, tally_);
    }
  }

private:
  bare_batch batch_;
};

// The same for a program that also waits for other events.
template <bool Coalesced>
class behind_epoll final : public bare_receiver {
public:
  explicit behind_epoll(const std::vector<bare_option>& options) : bare_receiver(options) {
    epoll_.add(socket_);
  }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    epoll_.receive(batch_, [&](int, unsigned count) {
      if constexpr (Coalesced) {
        return take_coalesced(batch_, static_cast<int>(count), tally_);
      } else {
        return take<true>(batch_, count, tally_);
      }
    });
  }

private:
  bare_batch batch_{Coalesced ? coalesced_batch : 64,
                    Coalesced ? largest_coalesced_bytes : payload_capacity};
  bare_epoll epoll_;
};

template <class Subject, class... Arguments>
subject_kind kind(std::string name, std::string what, std::vector<bare_option> options,
                  Arguments... arguments) {
  const bool coalesces = std::ranges::any_of(
      options, [](const bare_option& each) { return each.level == IPPROTO_UDP; });
  return {std::move(name), std::move(what), coalesces,
          [options = std::move(options), arguments...] {
            return std::make_unique<Subject>(options, arguments...);
          }};
}

} // namespace

std::vector<subject_kind> bare_subjects() {
  const bare_option pktinfo{IPPROTO_IP, IP_PKTINFO};
  const bare_option ttl{IPPROTO_IP, IP_RECVTTL};
  const bare_option tos{IPPROTO_IP, IP_RECVTOS};
  const bare_option timestamp{SOL_SOCKET, SO_TIMESTAMPNS};
  const bare_option gro{IPPROTO_UDP, udp_gro};
  using metadata = bare_recvmmsg<true>;
  return {
      kind<metadata>("recvmmsg", "64 at a time", {pktinfo, ttl, tos}),
      kind<bare_recvmsg>("recvmsg", "one at a time", {pktinfo, ttl, tos}),
      kind<behind_epoll<false>>("epoll", "epoll, then recvmmsg until short", {pktinfo, ttl, tos}),
      kind<bare_recvmmsg<false>>("recvmmsg-none", "recvmmsg, no metadata", {}),
      kind<metadata>("recvmmsg-pktinfo", "recvmmsg, IP_PKTINFO alone", {pktinfo}),
      kind<metadata>("recvmmsg-ttl", "recvmmsg, IP_RECVTTL alone", {ttl}),
      kind<metadata>("recvmmsg-tos", "recvmmsg, IP_RECVTOS alone", {tos}),
      kind<metadata>("recvmmsg-timestamp", "recvmmsg, SO_TIMESTAMPNS alone", {timestamp}),
      kind<bare_coalesced>("recvmmsg-gro", "8 coalesced buffers at a time",
                           {pktinfo, ttl, tos, gro}, coalesced_batch),
      kind<behind_epoll<true>>("epoll-gro", "epoll, then 8 coalesced buffers until short",
                               {pktinfo, ttl, tos, gro}),
      kind<bare_coalesced>("recvmmsg-gro-none", "coalesced, no other metadata", {gro},
                           coalesced_batch),
      kind<bare_coalesced>("recvmmsg-gro-4", "4 coalesced buffers", {pktinfo, ttl, tos, gro},
                           std::size_t{4}),
      kind<bare_coalesced>("recvmmsg-gro-16", "16 coalesced buffers", {pktinfo, ttl, tos, gro},
                           std::size_t{16}),
  };
}

} // namespace ancillary::bench
