#pragma once

#include <benchmark/benchmark.h>

namespace ancillary_bench {

// Processor time, which is Google Benchmark's default.
inline void choose_clock(benchmark::internal::Benchmark*) {}

} // namespace ancillary_bench
