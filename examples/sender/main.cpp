// sender: sends UDP datagrams with chosen header fields.

#include "command_line.hpp"
#include "say.hpp"
#include "session.hpp"
#include "standard_output.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/io_context.hpp>
#include <exception>

int main(int argc, char** argv) {
  try {
    const bool can_print = tool::has_standard_output();
    const tool::parse_result parsed = tool::parse_command_line(argc, argv);
    if (!parsed.arguments) {
      return parsed.exit_status;
    }
    if (!can_print && parsed.arguments->format != tool::sent_format::none) {
      tool::say("sender: standard output is closed; use --format none");
      return 1;
    }
    asio::io_context io;
    return tool::session(io, *parsed.arguments).run();
  } catch (const std::exception& problem) {
    tool::say("sender: " + ancillary::describe(problem));
    return 1;
  }
}
