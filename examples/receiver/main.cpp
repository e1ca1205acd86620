// receiver: prints UDP datagrams with their metadata.

#include "command_line.hpp"
#include "report.hpp"
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
    if (!can_print && parsed.arguments->capture.is_standard_output()) {
      tool::say("receiver: standard output is closed; give --pcapng a file");
      return 1;
    }
    if (!can_print &&
        (parsed.arguments->format != tool::output_format::none || parsed.arguments->top_interval)) {
      tool::say("receiver: standard output is closed; use --format none to count only");
      return 1;
    }
    asio::io_context io;
    return tool::session(io, *parsed.arguments).run();
  } catch (const std::exception& problem) {
    tool::say("receiver: " + ancillary::describe(problem));
    return 1;
  }
}
