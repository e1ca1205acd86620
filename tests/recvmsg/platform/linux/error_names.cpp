#include "support/catch.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <asio/error.hpp>
#include <cerrno>

using ancillary::describe;

TEST_CASE("describe: Linux errors show text, name and number") {
  for (const auto* const category :
       {&std::system_category(), &asio::error::get_system_category()}) {
    CHECK(describe(std::error_code(ENOPROTOOPT, *category)) ==
          "Protocol not available (ENOPROTOOPT 92)");
    CHECK(describe(std::error_code(EOPNOTSUPP, *category)) ==
          "Operation not supported (EOPNOTSUPP 95)");
  }
  // An error that no call of the library returns.
  CHECK(describe(std::error_code(EDOTDOT, std::system_category())) ==
        "RFS specific error (error 73)");
  CHECK(describe(std::error_code(4095, std::system_category())) == "error 4095");
}
