// The connections by connection ID.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <ngtcp2/ngtcp2.h>
#include <span>
#include <utility>
#include <vector>

class connection;

// The length of the IDs that the server issues. A packet with a short header does not say the
// length of its ID.
inline constexpr std::size_t issued_id_bytes = 16;

class connection_table {
public:
  [[nodiscard]] std::shared_ptr<connection> find(const ngtcp2_cid& id) const {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second;
  }

  void add(const ngtcp2_cid& id, std::shared_ptr<connection> owner) {
    connections_.insert_or_assign(id, std::move(owner));
  }

  void remove(const ngtcp2_cid& id) { connections_.erase(id); }

  // Removes all IDs of a connection.
  void remove(const connection& gone) {
    std::erase_if(connections_, [&](const auto& entry) { return entry.second.get() == &gone; });
  }

  [[nodiscard]] std::vector<std::shared_ptr<connection>> all() const {
    std::vector<std::shared_ptr<connection>> connections;
    for (const auto& [id, owner] : connections_) {
      if (std::find(connections.begin(), connections.end(), owner) == connections.end()) {
        connections.push_back(owner);
      }
    }
    return connections;
  }

private:
  struct less {
    bool operator()(const ngtcp2_cid& a, const ngtcp2_cid& b) const {
      return std::lexicographical_compare(a.data, a.data + a.datalen, b.data, b.data + b.datalen);
    }
  };

  // A tree: clients choose their first IDs, and could make those of a hash table collide.
  std::map<ngtcp2_cid, std::shared_ptr<connection>, less> connections_;
};
