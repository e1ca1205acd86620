// A running process gives its port to the one that replaces it. What they say to each other:
//
//   new  take 1       the version of this exchange
//   old  sockets 4    with the sockets in the order of their lanes; several messages if many
//   new  stop         these are the sockets that it needs
//   old  stopped      has delivered all that it had received; the rest waits in the sockets
//   new  ready        is set up
//   old  yours        lets go
//   new  mine         from here on the new process receives
//
// If the new process ends before "mine", the old one goes on as before, so a new one that fails
// does no harm. If the old process ends after "sockets", the new one goes on: it has them. Whoever
// goes on for another reason says so, in place of the word. Nobody receives between "stopped" and
// "mine": nothing is lost while the receive buffers have room, and nothing can be received twice.
#pragma once

#include "platform/hand_over_channel.hpp"
#include <ancillary/recvmsg/passed_sockets.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ancillary::detail {

class lane_group;

// The new process. Its functions throw std::system_error, with what the other said.
class port_taker {
public:
  ~port_taker();

  // Asks the process at `path` for its sockets. Null: nobody listens there.
  [[nodiscard]] static std::unique_ptr<port_taker> ask(const std::string& path);

  // The sockets; call it once.
  [[nodiscard]] passed_sockets take_sockets();

  // Waits until the other process has stopped receiving.
  void stop_owner();

  // Makes this process the one that receives. Calls prepare() when the other has let go.
  void become_owner(const std::function<void()>& prepare);

private:
  port_taker(std::string path, std::unique_ptr<hand_over_channel> owner)
      : path_(std::move(path)), owner_(std::move(owner)) {}

  void say(const std::string& what);
  // The other's next message, which must begin with this word.
  [[nodiscard]] hand_over_message expect(const std::string& wanted,
                                         std::chrono::milliseconds patience);
  // The same; false if the other has ended.
  [[nodiscard]] bool hears(const std::string& wanted, std::chrono::milliseconds patience);
  [[noreturn]] void fail(const std::error_code& error, const std::string& step) const;

  std::string path_;
  std::unique_ptr<hand_over_channel> owner_;
  std::vector<native_socket> sockets_;
};

// The old process: listens on a thread of its own until another process has taken over.
class port_offer {
public:
  // Throws std::system_error.
  port_offer(const std::string& path, lane_group& lanes);
  ~port_offer(); // ends the exchange in progress; the lanes go on

private:
  void serve() noexcept;
  // Whether the other process receives now.
  [[nodiscard]] bool hand_over_to(hand_over_channel& successor);
  [[nodiscard]] bool send_sockets(hand_over_channel& successor);
  [[nodiscard]] static bool has_said_mine(hand_over_channel& successor);

  lane_group& lanes_;
  std::unique_ptr<hand_over_listener> listener_;
  std::thread thread_;
};

} // namespace ancillary::detail
