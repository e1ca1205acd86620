// The connections by connection ID.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <ngtcp2/ngtcp2.h>
#include <span>
#include <unordered_map>
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
    remove(id);
    ids_[owner.get()].push_back(id);
    connections_.emplace(id, std::move(owner));
  }

  void remove(const ngtcp2_cid& id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
      return;
    }
    const auto owned = ids_.find(found->second.get());
    std::erase_if(owned->second, [&](const ngtcp2_cid& each) { return ngtcp2_cid_eq(&each, &id); });
    if (owned->second.empty()) {
      ids_.erase(owned);
    }
    connections_.erase(found);
  }

  // Removes all IDs of a connection.
  void remove(const connection& gone) {
    if (const auto removed = ids_.extract(&gone)) {
      for (const ngtcp2_cid& id : removed.mapped()) {
        connections_.erase(id);
      }
    }
  }

  [[nodiscard]] std::vector<std::shared_ptr<connection>> all() const {
    std::vector<std::shared_ptr<connection>> connections;
    connections.reserve(ids_.size());
    for (const auto& [owner, ids] : ids_) {
      connections.push_back(find(ids.front()));
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
  // The IDs of each connection, a few: it issues a new one when one retires.
  std::unordered_map<const connection*, std::vector<ngtcp2_cid>> ids_;
};
