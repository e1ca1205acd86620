// Options of a command line, on CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tool {

// Adds an option that `take` parses. What `take` throws (std::invalid_argument) is reported with
// the option's name. `type` names its value in the help.
CLI::Option* add(CLI::App& app, const std::string& name, const std::string& type,
                 const std::string& help, std::function<void(const std::string&)> take);

// A number from 1 to `most`.
[[nodiscard]] std::size_t parse_size(const std::string& text, std::uint64_t most);

// Adds --version, which prints the versions of the library, of Asio and of the system.
void add_version(CLI::App& app);

// Parses. nullopt: the program shall run; else its exit status, as there is nothing more to do:
// help or version was printed (0), or the arguments were invalid and one line on standard error
// says why (2).
[[nodiscard]] std::optional<int> parse(CLI::App& app, int argc, const char* const* argv);

// The system and its version: "Linux 6.1.0", "Windows 10.0.19045", "Windows 10.0.19043 (Wine 8.0)".
[[nodiscard]] std::string system_version();

} // namespace tool
