// The receiver tool on a simulated Windows machine:
//
//   receiver_stand_in --stand-in PROFILE [--tunnel INTERFACE_INDEX] arguments of receiver...

#include "examples/receiver/command_line.hpp"
#include "examples/receiver/report.hpp"
#include "examples/receiver/session.hpp"
#include "support/stand_in/stand_in.hpp"

#include <asio/io_context.hpp>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// Removes and returns the value of a leading option; empty if another option leads.
std::string take(std::vector<const char*>& arguments, const std::string& option) {
  if (arguments.size() < 3 || arguments[1] != option) {
    return {};
  }
  std::string value = arguments[2];
  arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
  return value;
}

} // namespace

int main(int argc, char** argv) {
  try {
    std::vector<const char*> arguments(argv, argv + argc);
    const auto profile = ancillary_test::profile_of(take(arguments, "--stand-in"));
    if (!profile) {
      throw std::invalid_argument("--stand-in and the name of a Windows have to come first");
    }
    ancillary_test::stand_in machine(*profile);
    if (const std::string index = take(arguments, "--tunnel"); !index.empty()) {
      machine.now.arrival_interface = static_cast<std::uint32_t>(std::stoul(index));
    }
    const auto parsed =
        tool::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
    if (!parsed.arguments) {
      return parsed.exit_status;
    }
    asio::io_context io;
    machine.run_on(io);
    return tool::session(io, *parsed.arguments).run();
  } catch (const std::exception& problem) {
    tool::say("receiver: " + std::string(problem.what()));
    return 1;
  }
}
