// The library in a loop around epoll, without Asio's.

#include "../../support/on_io_context.hpp"
#include "bare_subjects.hpp"

namespace ancillary::bench {

namespace {

class in_own_loop final : public bare_subject {
public:
  in_own_loop() : bare_subject(open_bare_socket({})), drain_(socket_, options_for(three_messages)) {
    epoll_.add(socket_);
  }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    bool complete = false;
    while (!complete) {
      for ([[maybe_unused]] const epoll_event& ready : epoll_.wait()) {
        drain_.receive([&](const packet& each) {
          read_fields(each.metadata(), tally_);
          complete |= tally_.visit(each.payload().data(), each.payload().size());
        });
      }
    }
  }

private:
  bare_epoll epoll_;
  drain drain_;
};

} // namespace

std::vector<subject_kind> drain_subjects() {
  return {{"ours-drain", "drain behind epoll, datagram handler", false,
           [] { return std::make_unique<in_own_loop>(); }}};
}

} // namespace ancillary::bench
