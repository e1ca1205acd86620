// A member of groups on host S, whose links come and go, and a sender on host C.
#pragma once

#include "lab.hpp"
#include "recvmsg/options/inbox.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/group_membership.hpp>
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/multicast.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace option_tests {

namespace options = ancillary::options;
using ancillary::group_membership;
using ancillary::membership_event;
using asio::ip::make_address;
using asio::ip::udp;

inline std::uint32_t index_of(const lab& host, char on, const char* name) {
  return host.in(on, [name] { return ancillary::interface_index(name).value_or(0); });
}

// How many lines of /proc/net/igmp, igmp6 or mcfilter have the group, in the kernel's form.
inline std::size_t members_of(const lab& host, const char* file, const std::string& group) {
  return host.in('S', [&] {
    std::ifstream lines(std::string("/proc/thread-self/net/") + file);
    std::size_t found = 0;
    for (std::string line; std::getline(lines, line);) {
      found += line.find(group) != std::string::npos ? 1U : 0U;
    }
    return found;
  });
}

class member_on_s {
public:
  member_on_s(const lab& of, udp protocol)
      : host_(of),
        in_(io, of.in('S', [&] { return bound_socket(io, protocol); }), {}),
        out_(of.in('C', [&] { return udp::socket(io, protocol); })) {
    of.in('S', [&] { groups.emplace(in_.socket()); });
    groups->on_change([this](const auto& change) { log.push_back(change); });
  }

  // Runs until something happened to a membership; false if it did not.
  [[nodiscard]] bool sees(membership_event event, const std::string& interface) {
    return ancillary_test::run_until(io, [&] { return count(event, interface) > 0; });
  }
  [[nodiscard]] std::ptrdiff_t count(membership_event event, const std::string& interface) const {
    return std::count_if(log.begin(), log.end(), [&](const auto& each) {
      return each.event == event && each.of.interface_name == interface;
    });
  }
  // Whether the socket is a member of a group there, as far as the object knows.
  [[nodiscard]] bool is_on(const std::string& interface) const {
    const auto all = groups->memberships();
    return std::any_of(all.begin(), all.end(), [&](const auto& each) {
      return each.interface_name == interface && !each.error;
    });
  }

  // Waits until it is on the interface with this index, in all groups.
  [[nodiscard]] bool is_member_again(const std::string& interface, std::uint32_t index) {
    return ancillary_test::run_until(io, [&] {
      const auto all = groups->memberships();
      return !all.empty() && std::all_of(all.begin(), all.end(), [&](const auto& each) {
        return each.interface_name == interface && each.interface_index == index && !each.error;
      });
    });
  }

  // As the object knows it; null if it does not.
  [[nodiscard]] const ancillary::network_interface* interface(const std::string& name) const {
    const auto& all = groups->interfaces();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
  }

  // Sends to the group until it is received; false if it is not. The first datagrams may get lost
  // because the sender's link has only just come up.
  [[nodiscard]] bool receives(const asio::ip::address& group, const char* by_link) {
    const std::string payload = "datagram " + std::to_string(++sent_);
    std::error_code ignored;
    return ancillary_test::run_until(io, [&] {
      const options::multicast_interface by(index_of(host_, 'C', by_link));
      ancillary::set_option(out_, by, ignored);
      out_.send_to(asio::buffer(payload), {group, in_.port()}, 0, ignored);
      return in_.wait_for(payload, std::chrono::milliseconds(5)) != nullptr;
    });
  }

  [[nodiscard]] udp::socket& socket() { return in_.socket(); }

  asio::io_context io;
  std::vector<ancillary::membership_change> log;

private:
  const lab& host_;
  inbox in_;
  udp::socket out_;
  int sent_ = 0;

public:
  std::optional<group_membership> groups; // leaves before the socket is closed
};

} // namespace option_tests
