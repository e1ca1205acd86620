// Error texts for people, also on systems that have none.
#pragma once

#include <ancillary/decoders/export.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ancillary {

// The system's text of an error, with its name and number: "Protocol not available (ENOPROTOOPT
// 92)". If the system has no text, as is common under Wine, name and number alone: "WSAENOPROTOOPT
// 10042". Errors of other categories show the category's name: "End of file (asio.misc 2)". No
// error is "no error".
[[nodiscard]] ANCILLARY_API std::string describe(const std::error_code& error);

// The exception's text; the error of a std::system_error (also Asio's) is described as above,
// except in a library that was compiled with -fno-rtti.
[[nodiscard]] ANCILLARY_API std::string describe(const std::exception& problem);

// The exception that this library throws for a system error; what() ends with its description.
class ANCILLARY_API described_error : public std::system_error {
public:
  // `context` names what failed: "sender set-up". A description in `context` is not repeated.
  described_error(const std::error_code& error, const std::string& context);

  // The context and the description of the error.
  [[nodiscard]] const char* what() const noexcept override { return text_.what(); }

private:
  std::runtime_error text_; // its text copies without throwing
};

} // namespace ancillary
