// The receiver tool on a simulated Windows machine:
//
//   receiver_stand_in --stand-in PROFILE [--tunnel INTERFACE_INDEX] [--beside 0.0.0.0]
//                     arguments of receiver...
//
// With --beside, it prints the answer to another program that binds 0.0.0.0 to the port of the
// tool's socket for both families.

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

// Of ws2def.h and winsock2.h: SOL_SOCKET, SO_EXCLUSIVEADDRUSE.
constexpr int socket_level = 0xffff;
constexpr int exclusive_address = -5;

void say_answer_to_bind(const ancillary_test::stand_in& machine) {
  const bool is_exclusive = machine.has_set(socket_level, exclusive_address);
  const auto answer =
      ancillary_test::answer_to_bind({true, false, false}, {true, true, is_exclusive});
  tool::say("stand-in: binding 0.0.0.0 to the port: " +
            (answer.error != 0 ? "error " + std::to_string(answer.error)
                               : "accepted, and the tool receives no IPv4"));
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
    const bool beside = !take(arguments, "--beside").empty();
    const auto parsed =
        tool::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
    if (!parsed.arguments) {
      return parsed.exit_status;
    }
    asio::io_context io;
    machine.run_on(io);
    tool::session session(io, *parsed.arguments);
    if (beside) {
      say_answer_to_bind(machine);
    }
    return session.run();
  } catch (const std::exception& problem) {
    tool::say("receiver: " + std::string(problem.what()));
    return 1;
  }
}
