#include "example_arguments.hpp"

#include <CLI/CLI.hpp>
#include <limits>

namespace example {

arguments::arguments(const std::string& purpose) : app_(std::make_unique<CLI::App>(purpose)) {
  app_->failure_message(CLI::FailureMessage::help);
}

arguments::~arguments() = default;

void arguments::add(const std::string& name, std::uint16_t& value, const std::string& help) {
  app_->add_option(name, value, help)->capture_default_str();
}

void arguments::add(const std::string& name, unsigned& value, const std::string& help) {
  app_->add_option(name, value, help)
      ->capture_default_str()
      ->check(CLI::Range(1U, std::numeric_limits<unsigned>::max()));
}

void arguments::require(const std::string& name, std::uint16_t& value, const std::string& help) {
  app_->add_option(name, value, help)->required();
}

void arguments::require(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help)->required();
}

std::optional<int> arguments::parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error);
  }
  return std::nullopt;
}

} // namespace example
