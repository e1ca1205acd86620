#include "common/error_names.hpp"

#include "support/catch.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/error.hpp>

using ancillary::describe;
using ancillary::detail::error_name;

TEST_CASE("describe: Windows errors end in name and number, with or without text") {
  // Whether there is a text depends on the version of Windows or Wine.
  const std::pair<unsigned, const char*> codes[] = {
      {10042, "WSAENOPROTOOPT 10042"},   {10045, "WSAEOPNOTSUPP 10045"},
      {10048, "WSAEADDRINUSE 10048"},    {1234, "ERROR_PORT_UNREACHABLE 1234"},
      {676, "ERROR_HANDLES_CLOSED 676"}, {0xC000023F, "STATUS_PORT_UNREACHABLE 0xC000023F"}};
  for (const auto& [code, wanted] : codes) {
    for (const auto* const category :
         {&std::system_category(), &asio::error::get_system_category()}) {
      const std::string text = describe(std::error_code(static_cast<int>(code), *category));
      CAPTURE(text, category->name());
      CHECK((text == wanted || text.ends_with(std::string(" (") + wanted + ")")));
      CHECK(text.find("asio.system error") == std::string::npos);
    }
  }
}

TEST_CASE("error_name: empty for unknown errors") {
  CHECK(error_name(10999).empty());
  CHECK(error_name(9999).empty());
  CHECK(error_name(-1).empty());
}
