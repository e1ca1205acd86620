// Echoes on a socket that belongs to somebody else, who also waits for it. Without a header of Asio
// or of Boost: a source file cannot include both Asio and the Asio of Boost 1.74, because both
// declare the same names in the global namespace.
#pragma once

#include <cstdint>
#include <memory>

namespace example {

class echo {
public:
  // A native handle: a SOCKET, or a file descriptor. The socket must outlive this object. Throws
  // std::system_error.
  explicit echo(std::uintptr_t socket);
  ~echo();
  echo(const echo&) = delete;
  echo& operator=(const echo&) = delete;

  // What to wait for after a call.
  enum class next : std::uint8_t { readable, writable, nothing };

  // Receives what is there, up to a limit, and answers it.
  next receive();

  struct counts {
    std::uint64_t received;
    std::uint64_t sent;
    std::uint64_t refused;
  };
  [[nodiscard]] counts counters() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace example
