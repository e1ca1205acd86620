// What it costs to decode a control buffer: the checked walk of metadata_view, with nothing, one
// field or everything read, against a loop over the system's unchecked macros that copies the same
// fields out with memcpy. Each over 64 buffers in turn.

#include "decode_corpus.hpp"
#include "native_walk.hpp"

#include <benchmark/benchmark.h>
#include <cstring>
#include <string>

namespace {

using namespace ancillary_bench;

// All fields, in the simplest form that a program would keep them in.
struct extracted {
  std::uint32_t present;
  std::uint32_t destination;
  std::uint32_t interface_index;
  std::uint32_t receive_interface;
  std::uint32_t original_arrival;
  std::uint32_t hop_limit;
  std::uint32_t traffic_class;
  std::uint32_t ecn;
  std::uint32_t segment_bytes;
  std::uint32_t dropped_total;
  std::uint32_t original_destination;
  std::int64_t timestamp;
};

struct by_nothing {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    metadata_view view{Layout{}, buffer.bytes()};
    benchmark::DoNotOptimize(view);
  }
};

struct by_one_field {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    const metadata_view view{Layout{}, buffer.bytes()};
    auto hop_limit = view.hop_limit();
    benchmark::DoNotOptimize(hop_limit);
  }
};

std::uint32_t v4_number(const ip_address& address) {
  std::uint32_t number;
  std::memcpy(&number, address.bytes().data(), sizeof number);
  return number;
}

struct by_all_fields {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    const metadata_view view{Layout{}, buffer.bytes()};
    extracted all;
    std::uint32_t present = 0;
    if (const auto value = view.destination()) {
      present |= 1;
      all.destination = v4_number(*value);
    }
    if (const auto value = view.interface_index()) {
      present |= 2;
      all.interface_index = *value;
    }
    if (const auto value = view.receive_interface()) {
      present |= 4;
      all.receive_interface = *value;
    }
    if (const auto value = view.original_arrival_interface()) {
      present |= 8;
      all.original_arrival = *value;
    }
    if (const auto value = view.hop_limit()) {
      present |= 16;
      all.hop_limit = *value;
    }
    if (const auto value = view.traffic_class()) {
      present |= 32;
      all.traffic_class = value->value;
    }
    if (const auto value = view.ecn()) {
      present |= 64;
      all.ecn = static_cast<std::uint32_t>(*value);
    }
    if (const auto value = view.segment_bytes()) {
      present |= 128;
      all.segment_bytes = *value;
    }
    if (const auto value = view.dropped_total()) {
      present |= 256;
      all.dropped_total = *value;
    }
    if (const auto value = view.original_destination()) {
      present |= 512;
      all.original_destination = v4_number(value->address);
    }
    if (const auto value = view.timestamp()) {
      present |= 1024;
      all.timestamp = value->value;
    }
    all.present = present;
    benchmark::DoNotOptimize(all);
  }
};

struct by_copy {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    auto values = metadata_view{Layout{}, buffer.bytes()}.to_metadata();
    benchmark::DoNotOptimize(values);
  }
};

// The loop that a program would write by hand, for IPv4; no length is checked.
struct by_macros {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    using is = typename Layout::messages;
    extracted all;
    std::uint32_t present = 0;
    const auto take = [&present](std::uint32_t bit, auto& to, const void* from, std::size_t bytes) {
      to = 0;
      std::memcpy(&to, from, bytes);
      present |= bit;
    };
    native_walk(const_cast<std::byte*>(buffer.storage.data()), buffer.size,
                [&](int level, int type, const unsigned char* data, std::size_t bytes) {
                  if (level == is::ipv4_level) {
                    if (type == is::pktinfo_v4.type) {
                      if constexpr (is_windows_layout<Layout>) {
                        take(1, all.destination, data, 4);
                        take(2, all.interface_index, data + 4, 4);
                      } else {
                        take(1, all.destination, data + 8, 4);
                        take(2, all.interface_index, data, 4);
                        all.receive_interface = all.interface_index;
                        present |= 4;
                      }
                    } else if (type == is::hop_limit_v4.type) {
                      take(16, all.hop_limit, data, 4);
                    } else if (type == is::traffic_class_v4.type) {
                      take(32, all.traffic_class, data, bytes == 1 ? 1 : 4);
                      all.ecn = all.traffic_class & 3;
                      present |= 64;
                    } else if constexpr (is_windows_layout<Layout>) {
                      if (type == is::receive_interface_v4.type) {
                        take(4, all.receive_interface, data, 4);
                      } else if (type == is::original_arrival_v4.type) {
                        take(8, all.original_arrival, data, 4);
                      } else if (type == is::ecn_v4.type) {
                        take(64, all.ecn, data, 4);
                      }
                    } else if (type == is::original_destination_v4.type) {
                      take(512, all.original_destination, data + 4, 4);
                    }
                  } else if (level == is::socket_level) {
                    if (type == is::timestamp.type) {
                      if constexpr (is_windows_layout<Layout>) {
                        take(1024, all.timestamp, data, 8);
                      } else {
                        std::int64_t seconds;
                        std::int64_t ns;
                        take(1024, seconds, data, 8);
                        take(1024, ns, data + 8, 8);
                        all.timestamp = seconds * 1'000'000'000 + ns;
                      }
                    } else if constexpr (!is_windows_layout<Layout>) {
                      if (type == is::dropped_total.type) {
                        take(256, all.dropped_total, data, 4);
                      }
                    }
                  } else if (level == is::udp_level && type == is::segment_bytes.type) {
                    take(128, all.segment_bytes, data, 4);
                  }
                });
    all.present = present;
    benchmark::DoNotOptimize(all);
  }
};

template <class Way, class Layout>
void run_benchmark(benchmark::State& state, const corpus& from) {
  std::size_t turn = 0;
  for (auto _ : state) {
    Way::template run<Layout>(from.buffers[from.turns[turn]]);
    turn = (turn + 1) % turn_count;
  }
}

template <class Layout>
void run_encode(benchmark::State& state, const corpus& from) {
  std::vector<metadata> values;
  for (const auto& buffer : from.buffers) {
    values.push_back(metadata_view(Layout{}, buffer.bytes()).to_metadata());
  }
  std::size_t turn = 0;
  fixed_control_builder<Layout, 512> builder;
  for (auto _ : state) {
    builder.clear();
    bool fits = builder.metadata(values[from.turns[turn]]);
    benchmark::DoNotOptimize(fits);
    benchmark::ClobberMemory();
    turn = (turn + 1) % turn_count;
  }
}

template <class Layout>
void register_all(const std::string& what, const corpus& from) {
  const std::string name = std::string{to_string(Layout::id)} + '/' + what;
  const auto add = [&](const char* way, auto function) {
    benchmark::RegisterBenchmark((name + '/' + way).c_str(), function, from);
  };
  if constexpr (Layout::word_bytes == sizeof(std::size_t)) {
    add("macros", run_benchmark<by_macros, Layout>);
  }
  add("nothing", run_benchmark<by_nothing, Layout>);
  add("one", run_benchmark<by_one_field, Layout>);
  add("all", run_benchmark<by_all_fields, Layout>);
  add("copy", run_benchmark<by_copy, Layout>);
  add("encode", run_encode<Layout>);
}

template <class Layout>
void register_layout() {
  using is = typename Layout::messages;
  register_all<Layout>("1", make_corpus<Layout>(kinds_of_one, order::same));
  register_all<Layout>("3", make_corpus<Layout>(kinds_of_three, order::same));
  register_all<Layout>("5", make_corpus<Layout>(kinds_of_five, order::same));
  register_all<Layout>("8", make_corpus<Layout>(kinds_of_eight, order::same));
  register_all<Layout>("5_reversed", make_corpus<Layout>(kinds_of_five, order::same_but_reversed));
  register_all<Layout>("alternating_5_3", make_corpus<Layout>(kinds_of_five, order::alternating));
  register_all<Layout>("random_of_eight", make_corpus<Layout>(0, order::random_of_eight));
  // Of the legal buffers of 512 bytes, many small messages are the dearest.
  register_all<Layout>("512_legal_hop_limit", make_hostile_corpus<Layout>(is::hop_limit_v4, 4));
  register_all<Layout>("512_legal_pktinfo", make_hostile_corpus<Layout>(is::pktinfo_v4, 12));
  register_all<Layout>("512_empty_known", make_hostile_corpus<Layout>(is::hop_limit_v4, 0));
  register_all<Layout>("512_empty_unknown", make_hostile_corpus<Layout>({77, 77}, 0));
  register_all<Layout>("512_duplicates", make_hostile_corpus<Layout>(is::traffic_class_v4, 1));
}

} // namespace

int main(int argc, char** argv) {
  register_layout<layouts::windows_x64>();
  register_layout<layouts::windows_x86>();
  register_layout<layouts::linux_64>();
  register_layout<layouts::linux_32>();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
