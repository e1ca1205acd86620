#include "names.hpp"
#include "output.hpp"
#include "service_names.hpp"
#include <ancillary/recvmsg/timestamp.hpp>

#include <nlohmann/json.hpp>

namespace tool {
namespace {

using json = nlohmann::ordered_json; // keeps the order of the keys

// A field that the system did not report has no key; a zero is a reported value.
template <class T>
void set_if(json& object, const char* key, const std::optional<T>& value) {
  if (value) {
    object[key] = *value;
  }
}

class json_lines final : public formatter {
public:
  explicit json_lines(bool with_service_names) : with_service_names_(with_service_names) {}

  void append(std::string& text, const ancillary::packet& packet) override {
    json object;
    object["remote"] = to_text(packet.remote());
    if (with_service_names_) {
      if (const std::string& name = services_.of(packet.remote().port()); !name.empty()) {
        object["remote_service"] = name;
      }
    }
    append_where(object, packet.metadata());
    append_how(object, packet.metadata());
    object["length"] = packet.payload().size();
    object["payload_truncated"] = packet.payload_truncated();
    object["control_truncated"] = packet.control_truncated();
    append_cast(object, packet);
    // Interface names may be invalid UTF-8, which JSON requires.
    text += object.dump(-1, ' ', false, json::error_handler_t::replace);
    text += '\n';
  }

private:
  void append_where(json& object, const ancillary::metadata_view& metadata) {
    if (const auto destination = metadata.destination()) {
      object["destination"] = to_string(*destination);
    }
    if (const auto index = metadata.interface_index()) {
      object["interface"] = *index;
      if (const std::string& name = names_.of(*index); !name.empty()) {
        object["interface_name"] = name;
      }
    }
    set_if(object, "receive_interface", metadata.receive_interface());
    set_if(object, "original_arrival_interface", metadata.original_arrival_interface());
  }

  static void append_how(json& object, const ancillary::metadata_view& metadata) {
    set_if(object, "ttl", metadata.hop_limit());
    if (const auto octet = metadata.traffic_class()) {
      object["tos"] = octet->value;
      object["dscp"] = octet->dscp();
    }
    if (const auto ecn = metadata.ecn()) {
      object["ecn"] = static_cast<unsigned>(*ecn);
    }
    set_if(object, "segment_bytes", metadata.segment_bytes());
    if (const auto stamp = metadata.timestamp()) {
      if (const auto time = ancillary::time_since_unix_epoch(*stamp)) {
        object["timestamp_ns"] = time->count();
      }
    }
    if (const auto stamp = metadata.hardware_timestamp()) {
      object["hardware_timestamp_ns"] = stamp->value; // of the device's clock
    }
  }

  // Without the destination, broadcast() returns false also when it is unknown.
  static void append_cast(json& object, const ancillary::packet& packet) {
    const bool known = packet.metadata().destination().has_value();
    if (known || packet.broadcast()) {
      object["broadcast"] = packet.broadcast();
    }
    if (known || packet.multicast()) {
      object["multicast"] = packet.multicast();
    }
  }

  bool with_service_names_;
  service_names services_;
  interface_names names_;
};

} // namespace

std::unique_ptr<formatter> make_json_lines(bool with_service_names) {
  return std::make_unique<json_lines>(with_service_names);
}

} // namespace tool
