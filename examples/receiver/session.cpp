#include "session.hpp"

#include "join.hpp"
#include "metadata_kinds.hpp"
#include "names.hpp"
#include "socket.hpp"
#include "standard_output.hpp"
#include <ancillary/pcapng.hpp>
#include <ancillary/recvmsg/describe.hpp>

#include <algorithm>
#include <asio/post.hpp>
#include <csignal>
#include <utility>

namespace tool {
namespace {

// The most that the datagrams of one slot take in a capture file.
std::size_t most_block_bytes(const command_line& arguments, ancillary::field_set granted) {
  constexpr std::size_t most_segments = 128; // UDP_MAX_SEGMENTS, linux/udp.h
  const bool coalesces = granted.contains(ancillary::field::segment_bytes);
  return arguments.payload_capacity +
         (coalesces ? most_segments : 1) * ancillary::pcapng::most_packet_block_bytes(0);
}

} // namespace

session::session(asio::io_context& io, const command_line& arguments)
    : arguments_(arguments),
      formatter_(make_formatter(arguments)),
      receiver_(open(io, arguments, {batch_handler{this}, capture_tap{this}})),
      groups_(join_groups(receiver_->socket(), arguments, notes_)),
      signals_(io),
      duration_(io),
      stats_(io),
      view_timer_(io),
      limit_(arguments.lines_per_second) {
  if (arguments.top_interval) {
    view_.emplace(arguments.by, to_text(receiver_->local_endpoint()));
  }
  if (arguments.histogram) {
    histograms_.emplace();
  }
  // Before "listening" is printed: a reader of that line may send the signal.
  end_on_signal();
  begin_capture(io);
  announce();
}

std::unique_ptr<session::receiver>
session::open(asio::io_context& io, const command_line& arguments, const handler& take) {
  std::error_code error;
  std::unique_ptr<receiver> made;
  if (arguments.reuse) {
    auto socket = open_shared(io, arguments, error);
    if (error) {
      throw set_up_error(reason_of(error, {}, arguments));
    }
    made = std::make_unique<receiver>(std::move(socket), take, options_of(arguments), error);
  } else {
    made = std::make_unique<receiver>(io, arguments.listen, take, options_of(arguments), error);
  }
  if (error) {
    const bool is_open = made->socket().is_open();
    throw set_up_error(
        reason_of(error, is_open ? made->metadata() : ancillary::metadata_report{}, arguments));
  }
  return made;
}

void session::begin_capture(asio::io_context& io) {
  if (arguments_.capture.is_on()) {
    const auto end_soon = [this, &io] { asio::post(io, [this] { end(); }); };
    const std::size_t most_at_once_bytes =
        receiver_->occupancy().slots *
        most_block_bytes(arguments_, receiver_->metadata().granted());
    capture_.emplace(arguments_.capture, receiver_->local_endpoint(), arguments_.count,
                     most_at_once_bytes, end_soon);
    if (arguments_.capture.pause_on_full) {
      capture_pause_.emplace(io, *capture_);
    }
  }
}

void session::end_capture() {
  if (capture_) {
    capture_->finish();
    if (const auto why = capture_->failure()) {
      say("receiver: " + *why);
      exit_status_ = 1;
    }
  }
}

void session::announce() {
  say("listening on " + to_text(receiver_->local_endpoint()));
  for (const std::string& note : notes_) {
    say(note);
  }
  for (const std::string& line : describe(receiver_->metadata())) {
    say(line);
  }
  if (arguments_.wanted.contains(ancillary::field::segment_bytes) &&
      !request_of(arguments_).requested().contains(ancillary::field::segment_bytes)) {
    say("coalescing: not requested (a coalesced buffer does not fit into the payload capacity)");
  }
  if (arguments_.receive_buffer_bytes > 0) {
    asio::socket_base::receive_buffer_size size;
    std::error_code ignored;
    receiver_->socket().get_option(size, ignored);
    say("receive buffer: " + std::to_string(arguments_.receive_buffer_bytes) +
        " bytes requested, " + std::to_string(size.value()) + " granted");
  }
}

int session::run() {
  start_ = last_stats_ = clock::now();
  receiver_->on_error([this](const ancillary::receive_error& error) { on_error(error); });
  write_deadline_.emplace(arguments_.duration);
  if (arguments_.duration) {
    duration_.expires_after(*arguments_.duration);
    duration_.async_wait([this](std::error_code error) {
      if (!error) {
        end();
      }
    });
  }
  if (arguments_.stats_interval) {
    begin_stats();
  }
  if (view_) {
    begin_view();
  }
  receiver_->start();
  static_cast<asio::io_context&>(receiver_->socket().get_executor().context()).run();
  write_deadline_.reset(); // the summary may take its time
  const auto elapsed = clock::now() - start_;
  if (view_ && exit_status_ == 0) {
    show_view();
  }
  end_capture();
  say(summary(receiver_->counters(), output_, receiver_->metadata().granted(), elapsed) +
      (capture_ ? '\n' + capture_->summary() : std::string()));
  if (histograms_) {
    say(histograms_->text());
  }
  return exit_status_;
}

void session::show(std::span<const ancillary::packet> batch) {
  output_.not_shown += batch.size(); // until they are
  if (arguments_.count) {
    const auto left = *arguments_.count - output_.shown - output_.left_out;
    batch = batch.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, batch.size())));
  }
  if (view_) {
    view_->add(batch);
  }
  if (histograms_) {
    histograms_->add(batch);
  }
  const auto printed = admitted(batch);
  if (formatter_) {
    text_.clear();
    for (const ancillary::packet& packet : printed) {
      formatter_->append(text_, packet);
    }
    if (!write(text_)) {
      return;
    }
  }
  output_.shown += printed.size();
  output_.left_out += batch.size() - printed.size();
  output_.not_shown -= batch.size();
  if (capture_pause_) {
    capture_pause_->after(batch);
  }
  if (arguments_.count && output_.shown + output_.left_out == *arguments_.count) {
    end();
  }
}

void session::on_error(const ancillary::receive_error& error) {
  const std::string text =
      std::string(to_string(error.condition)) + ": " + ancillary::describe(error.code);
  if (error.fatal) {
    fail("receiving ended: " + text);
    return;
  }
  // Prints only the first error of each condition.
  auto& said = errors_said_.errors[static_cast<std::size_t>(error.condition)];
  if (said++ == 0) {
    say("receive error: " + text + "; receiving continues, further ones are only counted");
  }
}

void session::end_on_signal() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
#ifdef SIGBREAK // Ctrl-Break and a closed console window
  signals_.add(SIGBREAK);
#endif
#ifdef SIGPIPE // a closed pipe is reported by the write's error instead
  std::signal(SIGPIPE, SIG_IGN);
#endif
  signals_.async_wait([this](std::error_code error, int) {
    if (!error) {
      end();
    }
  });
}

void session::begin_stats() {
  const auto interval = *arguments_.stats_interval;
  stats_.begin(start_ + interval, [this, interval, due = start_ + interval]() mutable {
    say_rates();
    return std::optional(due += interval);
  });
}

void session::say_rates() {
  const auto now = clock::now();
  const auto counters = receiver_->counters();
  say(rates(counters_at_last_stats_, counters, receiver_->metadata().granted(), now - last_stats_,
            now - start_));
  last_stats_ = now;
  counters_at_last_stats_ = counters;
}

void session::fail(const std::string& why) {
  say("receiver: " + why);
  exit_status_ = 1;
  end();
}

void session::end() {
  receiver_->stop();
  if (groups_) {
    groups_->stop();
  }
  signals_.cancel();
  signals_.clear(); // another one ends the tool at once, whatever it still waits for
  duration_.cancel();
  stats_.end();
  view_timer_.end();
  if (capture_pause_) {
    capture_pause_->end();
  }
}

} // namespace tool
