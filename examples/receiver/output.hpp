// The text of datagrams for standard output.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/packet.hpp>

#include <memory>
#include <string>

namespace tool {

// Formats packets as text; one class per format.
class formatter {
public:
  virtual ~formatter() = default;

  // Appends the lines of one datagram; the first time, after the format's heading, if any.
  virtual void append(std::string& text, const ancillary::packet& packet) = 0;
};

// With the names of the remotes' ports, if wanted.
[[nodiscard]] std::unique_ptr<formatter> make_json_lines(bool with_service_names);
[[nodiscard]] std::unique_ptr<formatter> make_table(bool with_service_names);

// Null for output_format::none.
[[nodiscard]] std::unique_ptr<formatter> make_formatter(const command_line& arguments);

} // namespace tool
