// Log lines of set-up. The library itself prints nothing.
#pragma once

#include <ancillary/decoders/export.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace ancillary {

// How much a log line matters.
enum class log_level : std::uint8_t {
  info,    // as asked for: a field that was granted, the sizes of the slots
  warning, // less than asked for: a wanted field that was refused, a smaller receive buffer
  error,   // set-up fails
};

// "info", "warning", "error".
[[nodiscard]] ANCILLARY_API std::string_view to_string(log_level level) noexcept;

// Receives each line, without a newline; the text is valid until it returns. Called by the thread
// that sets up, before the constructor returns or throws, and never while datagrams are received:
// then error handlers and counters tell. If it throws, the exception leaves the constructor.
using log_sink = std::function<void(log_level level, std::string_view text)>;

} // namespace ancillary
