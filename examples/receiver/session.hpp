// One run of the tool: from the socket to the summary.
#pragma once

#include "capture.hpp"
#include "capture_pause.hpp"
#include "command_line.hpp"
#include "histogram.hpp"
#include "line_limit.hpp"
#include "live_view.hpp"
#include "output.hpp"
#include "repeating_timer.hpp"
#include "report.hpp"
#include "set_up_error.hpp"
#include "standard_output.hpp"
#include <ancillary/recvmsg/group_membership.hpp>
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/tap.hpp>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tool {

class session {
public:
  // Opens and binds the socket, joins the groups, and prints the address and the granted metadata
  // on standard error. Throws set_up_error.
  session(asio::io_context& io, const command_line& arguments);

  // Receives until the count, the duration, a signal or a failure ends it, and prints the summary.
  // Returns the exit status.
  int run();

private:
  // The receiver takes its handler by value; this one forwards to the session.
  struct batch_handler {
    session* owner;
    void operator()(std::span<const ancillary::packet> batch) const { owner->show(batch); }
  };
  struct capture_tap {
    session* owner;
    void operator()(const ancillary::packet& each) const noexcept {
      if (owner->capture_) {
        owner->capture_->record(each);
      }
    }
  };
  using handler = ancillary::tapped_handler<batch_handler, capture_tap>;
  using receiver = ancillary::receiver<handler>;

  [[nodiscard]] static std::unique_ptr<receiver>
  open(asio::io_context& io, const command_line& arguments, const handler& take);
  void announce();
  void show(std::span<const ancillary::packet> batch);
  void on_error(const ancillary::receive_error& error);
  void begin_capture(asio::io_context& io);
  void end_capture();
  void end_on_signal();
  void begin_stats();
  void begin_view();
  bool show_view(); // as write()
  // False if the run ends.
  [[nodiscard]] bool write(const std::string& text);
  [[nodiscard]] std::span<const ancillary::packet>
  admitted(std::span<const ancillary::packet> batch);
  void say_rates();
  void fail(const std::string& why);
  void end();

  const command_line& arguments_;
  std::unique_ptr<formatter> formatter_;
  std::vector<std::string> notes_; // about the set-up
  std::unique_ptr<receiver> receiver_;
  std::unique_ptr<ancillary::group_membership> groups_; // null without groups
  std::optional<capture> capture_;
  std::optional<capture_pause> capture_pause_;
  asio::signal_set signals_;
  asio::steady_timer duration_;
  repeating_timer stats_;
  repeating_timer view_timer_;
  std::optional<live_view> view_;
  std::optional<arrival_histograms> histograms_;
  line_limit limit_;

  std::optional<write_deadline> write_deadline_; // while it runs
  std::string text_;                             // of one batch; reuses its memory
  output_counters output_;
  int exit_status_ = 0;
  clock::time_point start_{};
  clock::time_point last_stats_{};
  ancillary::receive_counters counters_at_last_stats_{};
  ancillary::receive_counters errors_said_{};
};

} // namespace tool
