#pragma once

#include <benchmark/benchmark.h>

namespace ancillary_bench {

// Processor time, which Google Benchmark takes unless told otherwise.
inline void choose_clock(benchmark::internal::Benchmark*) {}

} // namespace ancillary_bench
