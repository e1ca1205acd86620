#pragma once

#include <benchmark/benchmark.h>

namespace ancillary_bench {

// Real time: processor time advances in ticks of 10 to 16 ms there, longer than a repetition.
inline void choose_clock(benchmark::internal::Benchmark* each) { each->UseRealTime(); }

} // namespace ancillary_bench
