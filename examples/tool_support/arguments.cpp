#include "arguments.hpp"

#include "values.hpp"

#include <asio/version.hpp>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace tool {
namespace {

constexpr int wrong_arguments = 2;

std::string asio_version() {
  constexpr int major = ASIO_VERSION / 100'000;
  constexpr int minor = ASIO_VERSION / 100 % 1'000;
  constexpr int patch = ASIO_VERSION % 100;
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

} // namespace

CLI::Option* add(CLI::App& app, const std::string& name, const std::string& type,
                 const std::string& help, std::function<void(const std::string&)> take) {
  const auto read = [name, taken_by = std::move(take)](const std::string& text) {
    try {
      taken_by(text);
    } catch (const std::invalid_argument& problem) {
      throw CLI::ValidationError(name, problem.what());
    }
  };
  return app.add_option_function<std::string>(name, read, help)->type_name(type);
}

std::size_t parse_size(const std::string& text, std::uint64_t most) {
  return static_cast<std::size_t>(parse_whole_number(text, 1, most));
}

void add_version(CLI::App& app) {
  const auto text = [&app] {
    return app.get_name() + " " ANCILLARY_VERSION " (Asio " + asio_version() + ", " +
           system_version() + ")";
  };
  app.set_version_flag("--version", text,
                       "Print the versions of the library, of Asio and of the system, and exit");
}

std::optional<int> parse(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    return app.exit(request);
  } catch (const CLI::Error& problem) {
    const std::string name = app.get_name();
    std::cerr << name + ": " + problem.what() + " (see " + name + " --help)\n";
    return wrong_arguments;
  }
  return std::nullopt;
}

} // namespace tool
