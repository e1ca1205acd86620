#include "support/catch.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/option_support.hpp>

#include <asio/error.hpp>
#include <stdexcept>

using ancillary::describe;

namespace {

// The category of a system without error texts.
class speechless final : public std::error_category {
public:
  explicit speechless(std::string text) : text_(std::move(text)) {}
  const char* name() const noexcept override { return "speechless"; }
  std::string message(int) const override { return text_; }

private:
  std::string text_;
};

} // namespace

TEST_CASE("describe: an error without text shows name and number") {
  for (const char* const text : {"", "speechless error", "Unknown error 7", "unknown error"}) {
    const speechless category(text);
    CHECK(describe(std::error_code(7, category)) == "speechless 7");
  }
}

TEST_CASE("describe: an error with text shows text, name and number") {
  const speechless category("It broke.");
  CHECK(describe(std::error_code(7, category)) == "It broke (speechless 7)");
  CHECK(describe(std::error_code(static_cast<int>(0xC000023F), category)) ==
        "It broke (speechless 0xC000023F)");
}

TEST_CASE("describe: errors of other categories, and no error") {
  CHECK(describe(asio::error::make_error_code(asio::error::eof)) == "End of file (asio.misc 2)");
  CHECK(describe(std::make_error_code(std::errc::broken_pipe)) ==
        std::make_error_code(std::errc::broken_pipe).message() + " (errno 32)");
  CHECK(describe(std::error_code{}) == "no error");
}

TEST_CASE("describe: an exception shows its text, a system_error its description") {
  CHECK(describe(std::runtime_error("as it is")) == "as it is");
  const speechless category("");
  const std::error_code error(7, category);
  CHECK(describe(std::system_error(error, "bind")) == "bind: speechless 7");
  CHECK(describe(std::system_error(error)) == "speechless 7");
  const speechless speaking("It broke.");
  CHECK(describe(std::system_error({7, speaking}, "bind")) == "bind: It broke (speechless 7)");
}

TEST_CASE("described_error: what() equals describe() and contains the error once") {
  const speechless category("");
  const std::error_code error(7, category);
  const ancillary::described_error problem(error, "sender set-up");
  CHECK(problem.code() == error);
  CHECK(std::string(problem.what()) == "sender set-up: speechless 7");
  CHECK(describe(problem) == problem.what());
  const ancillary::described_error told(error, "required: refused (speechless 7)");
  CHECK(std::string(told.what()) == "required: refused (speechless 7)");
  CHECK(describe(told) == told.what());
}
