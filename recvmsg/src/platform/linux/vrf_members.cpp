#include "platform/linux/vrf_members.hpp"

#include "platform/linux/system_calls.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <gsl/util>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string_view>
#include <unistd.h>

namespace ancillary::detail {

namespace {

template <class Value>
Value load(std::span<const std::byte> from) noexcept {
  Value value{};
  std::memcpy(&value, from.data(), std::min(sizeof value, from.size()));
  return value;
}

// Calls visit(type, payload) for each attribute.
template <class Visit>
void for_each_attribute(std::span<const std::byte> bytes, Visit visit) {
  while (bytes.size() >= sizeof(rtattr)) {
    const auto head = load<rtattr>(bytes);
    if (head.rta_len < sizeof(rtattr) || head.rta_len > bytes.size()) {
      return;
    }
    visit(head.rta_type, bytes.first(head.rta_len).subspan(sizeof(rtattr)));
    bytes = bytes.subspan(std::min<std::size_t>(RTA_ALIGN(head.rta_len), bytes.size()));
  }
}

std::string_view text_of(std::span<const std::byte> bytes) noexcept {
  const auto* const text = reinterpret_cast<const char*>(bytes.data());
  const std::string_view all(text, bytes.size());
  return all.substr(0, all.find('\0'));
}

listed_link read_link(std::span<const std::byte> message) {
  listed_link link{static_cast<std::uint32_t>(load<ifinfomsg>(message).ifi_index), 0, false};
  for_each_attribute(message.subspan(NLMSG_ALIGN(sizeof(ifinfomsg))),
                     [&](unsigned type, std::span<const std::byte> value) {
                       if (type == IFLA_MASTER) {
                         link.master = load<std::uint32_t>(value);
                       } else if (type == IFLA_LINKINFO) {
                         for_each_attribute(value, [&](unsigned inner, auto kind) {
                           link.is_vrf |= inner == IFLA_INFO_KIND && text_of(kind) == "vrf";
                         });
                       }
                     });
  return link;
}

bool ask(int netlink) noexcept {
  struct {
    nlmsghdr head;
    ifinfomsg link;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = RTM_GETLINK;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  return system.send(netlink, &request, sizeof request, MSG_NOSIGNAL) == sizeof request;
}

// The longest part of a list that the kernel returns (netlink(7)).
constexpr std::size_t longest_answer_bytes = 32768;

std::vector<listed_link> list_links(int netlink) {
  std::vector<listed_link> links;
  std::vector<std::byte> answer(longest_answer_bytes);
  bool more = ask(netlink);
  while (more) {
    iovec vector{answer.data(), answer.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    // The kernel prepares the answer before send() returns, and the next part when one has been
    // read.
    const ssize_t bytes = system.recvmsg(netlink, &header, MSG_DONTWAIT);
    more = bytes > 0 && read_links(std::span(answer).first(static_cast<std::size_t>(bytes)), links);
  }
  return links;
}

} // namespace

bool read_links(std::span<const std::byte> answer, std::vector<listed_link>& to) {
  while (answer.size() >= sizeof(nlmsghdr)) {
    const auto head = load<nlmsghdr>(answer);
    if (head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > answer.size() ||
        head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) {
      return false;
    }
    const auto message = answer.first(head.nlmsg_len).subspan(sizeof(nlmsghdr));
    if (head.nlmsg_type == RTM_NEWLINK && message.size() >= sizeof(ifinfomsg)) {
      to.push_back(read_link(message));
    }
    answer = answer.subspan(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), answer.size()));
  }
  return true;
}

std::vector<std::uint32_t> vrf_members() {
  const int netlink = system.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) {
    return {};
  }
  const auto close = gsl::finally([netlink] { ::close(netlink); });
  const auto links = list_links(netlink);
  const auto is_vrf = [&](std::uint32_t index) {
    return std::any_of(links.begin(), links.end(),
                       [&](const auto& each) { return each.index == index && each.is_vrf; });
  };
  std::vector<std::uint32_t> members;
  for (const listed_link& each : links) {
    if (each.is_vrf || (each.master != 0 && is_vrf(each.master))) {
      members.push_back(each.index);
    }
  }
  return members;
}

} // namespace ancillary::detail
