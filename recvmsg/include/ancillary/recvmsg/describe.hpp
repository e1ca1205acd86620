// Errors in words for people, on systems too that have no words for them.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ancillary {

// Says what the system says of an error, with its name and its number: "Protocol not available
// (ENOPROTOOPT 92)". Where the system has no text for it, as Wine often has not, name and number
// alone: "WSAENOPROTOOPT 10042". An error of another category goes by the category's name: "End of
// file (asio.misc 2)". "no error" for none.
[[nodiscard]] std::string describe(const std::error_code& error);

// What the exception says; the error of a std::system_error, Asio's too, is described as above.
[[nodiscard]] std::string describe(const std::exception& problem);

// What this library throws for an error of the system: what() ends with its description.
class described_error : public std::system_error {
public:
  // `context` says what failed: "sender set-up". An error that it describes itself is not repeated.
  described_error(const std::error_code& error, const std::string& context);

  [[nodiscard]] const char* what() const noexcept override { return text_.what(); }

private:
  std::runtime_error text_; // a text that can be copied without throwing
};

} // namespace ancillary
