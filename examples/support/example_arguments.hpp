// The command line of an example.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace example {

// On CLI11, which takes a compiler longer than an example: so it is compiled here, once for all.
class arguments {
public:
  // `purpose` is the first line of --help.
  explicit arguments(const std::string& purpose);
  ~arguments();
  arguments(const arguments&) = delete;
  arguments& operator=(const arguments&) = delete;

  // A positional argument, or an option if the name begins with "--". Without it, `value` stays as
  // it is; --help shows that.
  void add(const std::string& name, std::uint16_t& value, const std::string& help = {});
  // The same for a number above 0.
  void add(const std::string& name, unsigned& value, const std::string& help = {});
  // Positional arguments that must be given.
  void require(const std::string& name, std::uint16_t& value, const std::string& help = {});
  void require(const std::string& name, std::string& value, const std::string& help = {});

  // Sets the values. nullopt: the program shall run; else its exit status: help was asked for (0),
  // or an argument is wrong, and the reason and the help are on standard error.
  [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);

private:
  std::unique_ptr<CLI::App> app_;
};

} // namespace example
