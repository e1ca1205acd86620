// The cost of decoding a control buffer: the checked walk of metadata_view, reading no field, one
// field or all fields, compared with a loop over the system's unchecked macros that copies the same
// fields with memcpy. Each over 64 buffers in turn.

#include "clock.hpp"
#include "decode_by_hand.hpp"
#include "decode_corpus.hpp"
#include "support/counted.hpp"

#include <benchmark/benchmark.h>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace ancillary_bench;

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

// Like a handler that needs everything: examines each field and uses it if present. The same for
// the view and for the fields extracted by hand.
class reader {
public:
  template <class T>
  void operator()(const std::optional<T>& value) {
    if (value)
      sum_ += number(*value);
  }
  std::uint64_t sum() const { return sum_; }

private:
  static std::uint64_t number(std::uint32_t value) { return value; }
  static std::uint64_t number(traffic_class value) { return value.value; }
  static std::uint64_t number(ecn_codepoint value) { return static_cast<std::uint64_t>(value); }
  static std::uint64_t number(timestamp value) { return static_cast<std::uint64_t>(value.value); }
  static std::uint64_t number(const ip_address& value) {
    std::uint32_t first;
    std::memcpy(&first, value.bytes().data(), sizeof first);
    return first;
  }
  static std::uint64_t number(const socket_address& value) {
    return number(value.address) + value.port;
  }

  std::uint64_t sum_ = 0;
};

ANCILLARY_ALWAYS_INLINE inline void read_all(const metadata_view& view) {
  reader read;
  read(view.destination());
  read(view.interface_index());
  read(view.receive_interface());
  read(view.original_arrival_interface());
  read(view.hop_limit());
  read(view.traffic_class());
  read(view.ecn());
  read(view.segment_bytes());
  read(view.timestamp());
  read(view.dropped_total());
  read(view.original_destination());
  benchmark::DoNotOptimize(read.sum());
}

struct by_all_fields {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    read_all(metadata_view(Layout{}, buffer.bytes()));
  }
};

struct by_copy {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    auto values = metadata_view{Layout{}, buffer.bytes()}.to_metadata();
    benchmark::DoNotOptimize(values);
  }
};

struct by_macros {
  template <class Layout>
  static void run(const corpus_buffer& buffer) {
    const extracted all =
        extract_by_macros<Layout>(const_cast<std::byte*>(buffer.storage.data()), buffer.size);
    reader read;
    read(all.destination);
    read(all.interface_index);
    read(all.receive_interface);
    read(all.original_arrival_interface);
    read(all.hop_limit);
    read(all.traffic_class);
    read(all.ecn);
    read(all.segment_bytes);
    read(all.received);
    read(all.dropped_total);
    read(all.original_destination);
    benchmark::DoNotOptimize(read.sum());
  }
};

template <class Layout>
void run_decoder(benchmark::State& state, const corpus& from) {
  metadata_decoder<Layout> decoder;
  std::size_t turn = 0;
  for (auto _ : state) {
    read_all(decoder.decode(from.buffers[from.turns[turn]].bytes()));
    turn = (turn + 1) % turn_count;
  }
}

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
    choose_clock(benchmark::RegisterBenchmark((name + '/' + way).c_str(), function, from));
  };
  add("macros", run_benchmark<by_macros, Layout>);
  add("nothing", run_benchmark<by_nothing, Layout>);
  add("one", run_benchmark<by_one_field, Layout>);
  add("all", run_benchmark<by_all_fields, Layout>);
  add("decoder", run_decoder<Layout>);
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
  // Of the valid buffers of 512 bytes, those with many small messages cost most.
  register_all<Layout>("512_legal_hop_limit", make_hostile_corpus<Layout>(is::hop_limit_v4, 4));
  register_all<Layout>("512_legal_pktinfo", make_hostile_corpus<Layout>(is::pktinfo_v4, 12));
  register_all<Layout>("512_legal_mixed", make_mixed_corpus<Layout>(true));
  register_all<Layout>("512_hostile_mixed", make_mixed_corpus<Layout>(false));
  register_all<Layout>("512_empty_known", make_hostile_corpus<Layout>(is::hop_limit_v4, 0));
  register_all<Layout>("512_empty_unknown", make_hostile_corpus<Layout>({77, 77}, 0));
  register_all<Layout>("512_duplicates", make_hostile_corpus<Layout>(is::traffic_class_v4, 1));
}

constexpr std::size_t counted_turns = 1024;

template <class Decode>
void count(const std::string& name, const corpus& from, Decode decode) {
  ancillary::bench::announce_count(name, counted_turns);
  for (unsigned i = 0; i < ancillary::bench::counted_rounds; ++i) {
    ancillary::bench::count_round([&] {
      for (const std::uint8_t turn : std::span(from.turns).first(counted_turns)) {
        decode(from.buffers[turn]);
      }
    });
  }
}

void count_all() {
  using layout = layouts::native;
  for (const auto& [messages, kinds] : {std::pair{"1", kinds_of_one},
                                        {"3", kinds_of_three},
                                        {"5", kinds_of_five},
                                        {"8", kinds_of_eight}}) {
    const corpus from = make_corpus<layout>(kinds, order::same);
    const std::string name = messages;
    metadata_decoder<layout> decoder;
    const auto count_way = [&]<class Way>(const char* way, Way) {
      count(name + way, from,
            [](const corpus_buffer& buffer) { Way::template run<layout>(buffer); });
    };
    count_way("/macros", by_macros{});
    count_way("/all", by_all_fields{});
    count(name + "/decoder", from,
          [&](const corpus_buffer& buffer) { read_all(decoder.decode(buffer.bytes())); });
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && argv[1] == std::string_view("--count")) {
    count_all();
    return 0;
  }
  register_layout<layouts::windows_x64>();
  register_layout<layouts::windows_x86>();
  register_layout<layouts::linux_64>();
  register_layout<layouts::linux_32>();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
