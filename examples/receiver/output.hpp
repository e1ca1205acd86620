// Prints datagrams on standard output.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/packet.hpp>

#include <memory>
#include <string>
#include <system_error>

namespace tool {

// Formats packets as text; one class per format.
class formatter {
public:
  virtual ~formatter() = default;

  // Appends the lines of one datagram; the first time, after the format's heading, if any.
  virtual void append(std::string& text, const ancillary::packet& packet) = 0;
};

[[nodiscard]] std::unique_ptr<formatter> make_json_lines();
[[nodiscard]] std::unique_ptr<formatter> make_table();

// Null for output_format::none.
[[nodiscard]] std::unique_ptr<formatter> make_formatter(output_format format);

// Writes all of `text` to standard output and flushes it. A slow reader blocks this call and with
// it the loop: datagrams then wait in the socket's receive buffer. std::errc::interrupted: a signal
// arrived while the call was blocked, and the rest was not written.
[[nodiscard]] std::error_code write_to_standard_output(const std::string& text);

} // namespace tool
