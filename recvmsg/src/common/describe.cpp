#include "common/error_names.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/error.hpp>
#include <cstdio>
#include <string_view>

namespace ancillary {

namespace {

// Depending on its version, Asio uses its own category for system errors or the standard one.
bool is_of_the_system(const std::error_category& category) noexcept {
  return category == std::system_category() || category == asio::error::get_system_category();
}

// "asio.system error" and "Unknown error 10042" replace a missing text.
bool says_nothing(std::string_view text, const std::error_category& category) {
  return text.empty() || text == std::string(category.name()) + " error" ||
         text.find("nknown error") != std::string_view::npos;
}

std::string text_of(const std::error_code& error) {
  std::string text = error.message();
  // Windows ends its texts with a period.
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) {
    text.pop_back();
  }
  return says_nothing(text, error.category()) ? std::string() : text;
}

// NTSTATUS values are conventionally hexadecimal.
std::string number_of(int code) {
  if (code >= 0) {
    return std::to_string(code);
  }
  char digits[sizeof "0x00000000"];
  std::snprintf(digits, sizeof digits, "0x%08X", static_cast<unsigned>(code));
  return digits;
}

std::string name_of(const std::error_code& error) {
  if (error.category() == std::generic_category()) {
    return "errno";
  }
  if (!is_of_the_system(error.category())) {
    return error.category().name();
  }
  const std::string_view name = detail::error_name(error.value());
  return name.empty() ? "error" : std::string(name);
}

// Null as well without run-time type information (-fno-rtti).
const std::system_error* system_error_in(const std::exception& problem) noexcept {
#if defined(__cpp_rtti) || defined(_CPPRTTI)
  return dynamic_cast<const std::system_error*>(&problem);
#else
  static_cast<void>(problem);
  return nullptr;
#endif
}

std::string with_description(const std::string& context, const std::error_code& error) {
  const std::string described = describe(error);
  if (context.find(described) != std::string::npos) {
    return context;
  }
  return context.empty() ? described : context + ": " + described;
}

} // namespace

std::string describe(const std::error_code& error) {
  if (!error) {
    return "no error";
  }
  const std::string text = text_of(error);
  const std::string code = name_of(error) + ' ' + number_of(error.value());
  return text.empty() ? code : text + " (" + code + ')';
}

std::string describe(const std::exception& problem) {
  const std::system_error* const of_the_system = system_error_in(problem);
  std::string context = problem.what();
  if (of_the_system == nullptr) {
    return context;
  }
  // std::system_error appends ": " and the message to the given text.
  const std::string message = of_the_system->code().message();
  if (context.ends_with(message)) {
    context.resize(context.size() - message.size());
  }
  if (context.ends_with(": ")) {
    context.resize(context.size() - 2);
  }
  return with_description(context, of_the_system->code());
}

described_error::described_error(const std::error_code& error, const std::string& context)
    : std::system_error(error), text_(with_description(context, error)) {}

} // namespace ancillary
