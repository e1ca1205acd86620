// In a debug build, a receiver is destroyed while another thread is in its turn.
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/io_context.hpp>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace ancillary_test;

#if defined(NDEBUG)
TEST_CASE("destroying a receiver during its turn on another thread terminates a debug build",
          "[threads]") {
  SKIP_BECAUSE("this is a release build");
}
#else
TEST_CASE("destroying a receiver during its turn on another thread terminates a debug build",
          "[threads]") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    asio::io_context io;
    std::promise<void> in_handler;
    std::promise<void> never;
    auto receiver =
        std::make_unique<ancillary::receiver<std::function<void(const ancillary::packet&)>>>(
            io, loopback_any_port(), [&](const ancillary::packet&) {
              in_handler.set_value();
              never.get_future().wait();
            });
    receiver->start();
    std::thread([&] { io.run(); }).detach();
    loopback_sender(receiver->local_endpoint()).send("x");
    in_handler.get_future().wait();
    receiver.reset();
    ::_exit(0); // not reached
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}
#endif
