#include "server.hpp"

#include <asio/post.hpp>
#include <exception>
#include <iostream>

server::server(asio::io_context& io, const server_options& options)
    : io_(io),
      retry_above_(options.retry_above),
      credentials_(options.certificate_file, options.key_file),
      environment_{io,
                   credentials_,
                   secret_,
                   table_,
                   totals_,
                   options.qlog_directory,
                   options.congestion_control,
                   [this](connection& waiting) { wake(waiting); }},
      network_(make_network(io, options.network, *this)),
      outbox_(*network_),
      answers_(outbox_, secret_, totals_) {
  network_->start();
}

void server::receive(datagram& received) {
  ++totals_.ecn[received.ecn & NGTCP2_ECN_MASK];
  ngtcp2_version_cid header;
  switch (ngtcp2_pkt_decode_version_cid(&header, received.payload.data(), received.payload.size(),
                                        issued_id_bytes)) {
  case 0:
    break;
  case NGTCP2_ERR_VERSION_NEGOTIATION:
    answers_.version_negotiation(received, header);
    return;
  default:
    ++totals_.unroutable;
    return;
  }
  ngtcp2_cid id;
  ngtcp2_cid_init(&id, header.dcid, header.dcidlen);
  if (const auto owner = table_.find(id)) {
    owner->read(received);
  } else {
    accept(received, id);
  }
}

// A datagram for no connection: the first packet of a new one, or a leftover.
void server::accept(datagram& received, const ngtcp2_cid& id) {
  ngtcp2_pkt_hd header;
  switch (ngtcp2_accept(&header, received.payload.data(), received.payload.size())) {
  case 0:
    break;
  case NGTCP2_ERR_RETRY: // 0-RTT before the first packet
    answers_.retry(received, header);
    return;
  default:
    ++totals_.unroutable;
    if ((received.payload[0] & 0x80) == 0) { // a short header: the client believes in a connection
      answers_.reset(received, id);
    }
    return;
  }
  const address_check check = check_address(header, received, secret_);
  if (check.result == address_check::verdict::invalid) {
    answers_.invalid_token(received, header);
    return;
  }
  if (check.result == address_check::verdict::unknown) {
    if (environment_.in_handshake >= retry_above_) {
      answers_.retry(received, header);
      return;
    }
    header.token = {nullptr, 0};
  }
  std::shared_ptr<connection> made;
  try {
    made = std::make_shared<connection>(environment_, header, check.original, received.path);
  } catch (const std::exception& problem) { // no memory, or no descriptor for its log
    ++totals_.connection_errors;
    std::cerr << "quic_server: " << problem.what() << '\n';
    return; // the other connections go on
  }
  table_.add(id, made);
  table_.add(made->own_id(), made);
  if (made->read(received) == connection::verdict::retry) {
    table_.remove(*made);
    answers_.retry(received, header);
  }
}

void server::wake(connection& waiting) {
  if (!waiting.queued) {
    waiting.queued = true;
    waiting_.push_back(waiting.shared_from_this());
  }
  continue_later();
}

// Posts a turn, unless one is to come anyway.
void server::continue_later() {
  if (!pump_posted_ && !waits_for_room_) {
    pump_posted_ = true;
    asio::post(io_, [this] {
      pump_posted_ = false;
      pump();
    });
  }
}

// Lets each waiting connection write once, and sends what they wrote in as few calls as possible.
void server::pump() {
  if (waits_for_room_) {
    return;
  }
  if (outbox_.blocked()) {
    outbox_.flush();
  }
  turn_.swap(waiting_);
  for (const auto& writer : turn_) {
    writer->queued = false;
    const bool more = writer->write(outbox_);
    if (writer->over()) {
      table_.remove(*writer);
    } else if (more) {
      wake(*writer);
    }
  }
  turn_.clear();
  outbox_.flush();
  if (outbox_.blocked()) {
    ++totals_.blocked;
    waits_for_room_ = true;
    network_->wait_writable([this] {
      waits_for_room_ = false;
      pump();
    });
  }
}

void server::shut_down() {
  for (const auto& open : table_.all()) {
    open->shut_down();
  }
  pump();
  table_ = {};
  waiting_.clear();
  network_->stop();
}

void server::report(std::ostream& out) const {
  out << totals_ << ",\"refused_runs\":" << outbox_.refused_runs() << ',';
  network_->report(out);
}
