#include "platform/linux/unix_channel.hpp"

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ancillary::detail {

namespace {

using asio::local::stream_protocol;
using stream_socket = stream_protocol::socket;

// The channel of the process that connects, with all that it needs.
class own_channel final : public hand_over_channel {
public:
  std::error_code connect(const std::string& path) {
    std::error_code error;
    if (is_too_long(path)) {
      return make_error_code(asio::error::name_too_long);
    }
    stream_socket socket(io_);
    socket.connect(stream_protocol::endpoint(path), error);
    if (!error) {
      error = check_peer(socket.native_handle());
    }
    if (!error) {
      channel_.emplace(std::move(socket), io_, interrupted_);
    }
    return error;
  }

  std::error_code send(std::string_view text, std::span<const native_socket> sockets) override {
    return channel_->send(text, sockets);
  }
  std::error_code receive(hand_over_message& message, std::chrono::milliseconds patience) override {
    return channel_->receive(message, patience);
  }
  std::error_code receive_last(hand_over_message& message) override {
    return channel_->receive_last(message);
  }
  bool is_open() noexcept override { return channel_->is_open(); }

private:
  asio::io_context io_{1};
  bool interrupted_ = false;
  std::optional<unix_channel> channel_;
};

// Which file a path names.
struct file_identity {
  dev_t device = 0;
  ino_t number = 0;
  friend bool operator==(const file_identity&, const file_identity&) = default;
};

std::optional<file_identity> identity_of(const std::string& path) noexcept {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) {
    return std::nullopt;
  }
  return file_identity{about.st_dev, about.st_ino};
}

class listener final : public hand_over_listener {
public:
  ~listener() override {
    const bool is_own = own_ && identity_of(path_) == own_;
    retire();
    if (is_own) {
      std::error_code ignored;
      std::filesystem::remove(path_, ignored);
    }
  }

  std::error_code open(const std::string& path) {
    // Under another name first: whoever connects finds the old listener or this one, and nobody
    // else can connect before the file has its permissions.
    if (is_too_long(path)) {
      return make_error_code(asio::error::name_too_long);
    }
    const std::string temporary = path + '.' + std::to_string(::getpid());
    std::error_code error;
    std::filesystem::remove(temporary, error);
    acceptor_.open(stream_protocol(), error);
    if (!error) {
      acceptor_.bind(stream_protocol::endpoint(temporary), error);
    }
    if (!error) {
      using std::filesystem::perms;
      std::filesystem::permissions(temporary, perms::owner_read | perms::owner_write, error);
    }
    if (!error) {
      acceptor_.listen(stream_socket::max_listen_connections, error);
    }
    if (!error) {
      own_ = identity_of(temporary);
      path_ = path;
      std::filesystem::rename(temporary, path, error);
    }
    if (error) {
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
    }
    return error;
  }

  std::unique_ptr<hand_over_channel> accept() override {
    while (!interrupted_) {
      stream_socket peer(io_);
      std::optional<std::error_code> end;
      acceptor_.async_accept(peer, [&](const std::error_code& error) { end = error; });
      io_.restart();
      while (!end && io_.run_one() != 0) {
      }
      if (*end) {
        pause(); // out of descriptors, or interrupted
      } else if (!check_peer(peer.native_handle())) {
        return std::make_unique<unix_channel>(std::move(peer), io_, interrupted_);
      }
    }
    return nullptr;
  }

  void retire() noexcept override {
    std::error_code ignored;
    acceptor_.close(ignored);
    own_.reset();
  }

  void interrupt() noexcept override {
    asio::post(io_, [this] {
      interrupted_ = true;
      std::error_code ignored;
      acceptor_.cancel(ignored);
    });
  }

private:
  // Ends early by interrupt().
  void pause() {
    if (!interrupted_) {
      asio::steady_timer timer(io_, std::chrono::milliseconds(100));
      timer.async_wait([](const std::error_code&) {});
      io_.restart();
      io_.run_one();
    }
  }

  asio::io_context io_;
  stream_protocol::acceptor acceptor_{io_};
  bool interrupted_ = false; // written by what io_ runs
  std::string path_;
  std::optional<file_identity> own_;
};

} // namespace

std::unique_ptr<hand_over_channel> connect_to_owner(const std::string& path,
                                                    std::error_code& error) {
  auto made = std::make_unique<own_channel>();
  error = made->connect(path);
  if (error.value() == ENOENT || error.value() == ECONNREFUSED) { // no file, or nobody behind it
    error.clear();
    return nullptr;
  }
  return error ? nullptr : std::move(made);
}

std::unique_ptr<hand_over_listener> listen_for_successor(const std::string& path,
                                                         std::error_code& error) {
  auto made = std::make_unique<listener>();
  error = made->open(path);
  return error ? nullptr : std::move(made);
}

void close_passed(native_socket socket) noexcept { ::close(socket); }

} // namespace ancillary::detail
