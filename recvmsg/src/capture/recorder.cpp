#include "capture/recorder_core.hpp"
#include <ancillary/recvmsg/recorder.hpp>

#include <utility>

namespace ancillary {

recorder_tap::recorder_tap(std::shared_ptr<detail::recorder_core> core) noexcept
    : core_(std::move(core)) {}

void recorder_tap::operator()(const packet& each) noexcept {
  std::optional<std::uint32_t> dropped;
  if (const auto total = each.metadata().dropped_total()) {
    dropped = *total - dropped_total_; // modulo 2^32, like the total
    dropped_total_ = *total;
  }
  core_->record(each, dropped);
}

recorder::recorder(std::unique_ptr<capture_output> output, recorder_options options)
    : core_(std::make_shared<detail::recorder_core>(std::move(output), std::move(options))) {
  core_->start();
}

recorder::~recorder() { core_->finish(); }

recorder_tap recorder::tap() const { return recorder_tap(core_); }

void recorder::bound_to(const asio::ip::udp::endpoint& local) { core_->bound_to(local); }

void recorder::finish() { core_->finish(); }

recorder_counters recorder::counters() const { return core_->counters(); }

} // namespace ancillary
