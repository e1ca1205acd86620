#include "session.hpp"

#include "names.hpp"
#include "say.hpp"
#include "sent_lines.hpp"
#include "socket.hpp"
#include <ancillary/recvmsg/describe.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <csignal>
#include <cstring>

namespace tool {
namespace {

ancillary::receive_options receive_options_of(const command_line& arguments) {
  ancillary::receive_options options;
  options.error_detail = arguments.error_detail;
  return options;
}

ancillary::outgoing model_of(const command_line& arguments) {
  ancillary::outgoing model;
  model.remote = arguments.remote;
  model.interface_index = interface_of(arguments);
  model.hop_limit = arguments.hop_limit;
  if (arguments.dscp) {
    model.traffic_class = ancillary::traffic_class{static_cast<std::uint8_t>(*arguments.dscp << 2)};
  }
  model.ecn = arguments.ecn;
  model.segment_bytes = arguments.segment_bytes;
  return model;
}

std::string hint_for(const std::error_code& error, const command_line& arguments) {
  if (error == asio::error::access_denied && !arguments.broadcast) {
    return "; a broadcast address needs --broadcast";
  }
  if (error == asio::error::message_size) {
    return "; use a smaller --size, or --segment to send it as several datagrams";
  }
  if (arguments.source && arguments.source->count > 1 && error == asio::error::invalid_argument) {
    return "; are all addresses of --source addresses of this host?";
  }
  return {};
}

// The number of a datagram in its first eight bytes, in network byte order.
void write_number(std::span<std::byte> payload, std::uint64_t number) {
  constexpr std::size_t width = 8;
  if (payload.size() < width) {
    return;
  }
  for (std::size_t i = 0; i < width; ++i) {
    payload[i] = static_cast<std::byte>(number >> (8 * (width - 1 - i)));
  }
}

} // namespace

session::session(asio::io_context& io, const command_line& arguments)
    : arguments_(arguments),
      io_(io),
      socket_(open_socket(io, arguments), ignore{}, receive_options_of(arguments)),
      sender_(socket_.socket().native_handle()),
      signals_(io),
      timer_(io),
      model_(model_of(arguments)) {
  const std::size_t size = arguments.payload ? arguments.payload->size() : arguments.payload_bytes;
  bytes_.resize(size * batch_size);
  if (arguments.payload) {
    for (std::size_t i = 0; i < batch_size && size > 0; ++i) {
      std::memcpy(bytes_.data() + i * size, arguments.payload->data(), size);
    }
  }
  const auto local = socket_.local_endpoint();
  source_port_ = local.port();
  say("sending from " + to_text(local) + " to " + to_text(arguments.remote));
  const ancillary::error_detail_grant& detail = socket_.metadata().error_detail();
  if (arguments.error_detail && !detail.granted) {
    say("note: errors have no details here (" + std::string(detail.option) + ": " +
        ancillary::describe(detail.error) + ")");
  }
}

int session::run() {
#ifdef SIGPIPE // a closed pipe is reported by the write's error instead
  std::signal(SIGPIPE, SIG_IGN);
#endif
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](std::error_code error, int) {
    if (!error) {
      end();
    }
  });
  socket_.on_error([this](const ancillary::receive_error& error) { on_receive_error(error); });
  if (arguments_.error_detail) {
    socket_.start();
  }
  start_ = clock::now();
  write_deadline_.emplace(arguments_.duration);
  asio::post(io_, [this] { step(); });
  io_.run();
  write_deadline_.reset(); // the summary may take its time
  say_summary();
  return exit_status_;
}

void session::step() {
  if (has_ended_) {
    return;
  }
  const auto now = clock::now();
  const bool is_over = arguments_.duration && now - start_ >= *arguments_.duration;
  if (pending_.empty()) {
    const std::uint64_t left = arguments_.count - number_;
    if (left == 0 || is_over) {
      finish_sending();
      return;
    }
    const std::uint64_t count = std::min<std::uint64_t>({due(), left, batch_size});
    if (count == 0) {
      const auto next =
          std::chrono::duration<double>(static_cast<double>(number_) / arguments_.rate.value_or(1));
      timer_.expires_at(start_ + std::chrono::duration_cast<clock::duration>(next));
      timer_.async_wait([this](std::error_code error) {
        if (!error) {
          step();
        }
      });
      return;
    }
    prepare(static_cast<std::size_t>(count));
  } else if (is_over) {
    finish_sending();
    return;
  }
  send_pending();
}

// How many payloads the rate allows now.
std::uint64_t session::due() const {
  if (!arguments_.rate) {
    return batch_size;
  }
  const double elapsed = std::chrono::duration<double>(clock::now() - start_).count();
  const auto allowed = static_cast<std::uint64_t>(elapsed * *arguments_.rate) + 1;
  return allowed > number_ ? allowed - number_ : 0;
}

void session::prepare(std::size_t count) {
  const std::size_t size = bytes_.size() / batch_size;
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<std::byte> payload = std::span(bytes_).subspan(i * size, size);
    if (!arguments_.payload) {
      write_number(payload, number_ + i);
    }
    batch_[i] = model_;
    batch_[i].payload = payload;
    if (arguments_.source && arguments_.source->count > 1) {
      batch_[i].source = arguments_.source->of(number_ + i);
    }
  }
  pending_ = std::span(batch_).first(count);
}

void session::send_pending() {
  std::error_code error;
  const std::size_t sent = sender_.send(pending_, error);
  print(pending_.first(sent));
  number_ += sent;
  pending_ = pending_.subspan(sent);
  if (has_ended_) {
    return;
  }
  if (error == asio::error::would_block) {
    socket_.socket().async_wait(asio::socket_base::wait_write, [this](std::error_code problem) {
      if (!problem) {
        step();
      }
    });
    return;
  }
  if (error) {
    on_send_error(error);
    ++number_;
    pending_ = pending_.subspan(1);
  }
  asio::post(io_, [this] { step(); });
}

void session::print(std::span<const ancillary::outgoing> sent) {
  if (arguments_.format == sent_format::none || sent.empty()) {
    return;
  }
  text_.clear();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    append_line(text_, arguments_, sent[i], number_ + i, source_port_);
  }
  const std::error_code error = write_to_standard_output(text_);
  if (error && error != std::errc::interrupted && !write_deadline_->is_over()) {
    fail("cannot write to standard output: " + ancillary::describe(error));
  } else if (error) {
    end();
  }
}

void session::on_send_error(const std::error_code& error) {
  const std::string text = "cannot send to " + to_text(arguments_.remote) + ": " +
                           ancillary::describe(error) + hint_for(error, arguments_);
  if (failed_++ != 0) {
    return;
  }
  if (number_ == 0) {
    fail(text); // the rest would fail as well
    return;
  }
  exit_status_ = 1;
  say("sender: " + text + "; sending continues, further errors are only counted");
}

void session::finish_sending() {
  end_ = clock::now();
  if (!arguments_.error_detail) {
    end();
    return;
  }
  timer_.expires_after(arguments_.linger);
  timer_.async_wait([this](std::error_code error) {
    if (!error) {
      end();
    }
  });
}

void session::end() {
  if (end_ == clock::time_point{}) {
    end_ = clock::now();
  }
  has_ended_ = true;
  socket_.stop();
  signals_.cancel();
  signals_.clear(); // another one ends the tool at once
  timer_.cancel();
  std::error_code ignored;
  socket_.socket().cancel(ignored);
}

void session::fail(const std::string& why) {
  say("sender: " + why);
  exit_status_ = 1;
  end();
}

} // namespace tool
