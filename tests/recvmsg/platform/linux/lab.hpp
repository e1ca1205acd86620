// Hosts as network namespaces, connected as a test requires. Requires root.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace option_tests {

class lab {
public:
  // Hosts with one-letter names; the calling thread stays in its namespace.
  explicit lab(std::string_view hosts);
  ~lab();
  lab(const lab&) = delete;
  lab& operator=(const lab&) = delete;

  // Why the set-up failed, or which command failed; empty on success.
  [[nodiscard]] const std::string& missing() const { return missing_; }

  // Runs `make` with the thread in the host: a socket belongs to the host where it was opened.
  template <class Make>
  auto in(char host, Make&& make) const {
    const visit here(*this, host);
    return make();
  }

  // A pair of links, up: "e0" of one host and "p0" of another.
  void wire(char host, const char* link, char other, const char* other_link);

  // Lines for `ip -batch`; those of IPv6 rules take a call of their own.
  void ip(char host, const std::string& lines, bool v6 = false);

  // Adds addresses to a link, IPv6 ones usable at once.
  void address(char host, const char* link, std::string_view addresses);

  void sysctl(char host, const char* name, const char* value);

  // Waits until all links that are up carry datagrams; until then datagrams are lost silently.
  void settle();

private:
  class visit {
  public:
    visit(const lab& of, char host);
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

  private:
    const lab& lab_;
  };

  std::map<char, int> hosts_; // their namespaces
  int original_ = -1;
  std::string missing_;
};

} // namespace option_tests

#define NEEDS_LAB(name)                                                                            \
  if (!name.missing().empty()) {                                                                   \
    SKIP_BECAUSE(name.missing());                                                                  \
  }
