#include "ancillary/decoders/metadata.hpp"

#include <locale>
#include <ostream>
#include <sstream>
#include <utility>

namespace ancillary {

namespace {

// Text that does not depend on the locale or the stream's flags.
template <class Put>
std::string text_of(Put put) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  put(out);
  return std::move(out).str();
}

} // namespace

std::string_view to_string(field what) noexcept {
  switch (what) {
  case field::destination:
    return "destination";
  case field::interface_index:
    return "interface_index";
  case field::receive_interface:
    return "receive_interface";
  case field::original_arrival_interface:
    return "original_arrival_interface";
  case field::hop_limit:
    return "hop_limit";
  case field::traffic_class:
    return "traffic_class";
  case field::ecn:
    return "ecn";
  case field::segment_bytes:
    return "segment_bytes";
  case field::timestamp:
    return "timestamp";
  case field::dropped_total:
    return "dropped_total";
  case field::original_destination:
    return "original_destination";
  case field::redirect_records:
    return "redirect_records";
  case field::redirect_context:
    return "redirect_context";
  case field::hardware_timestamp:
    return "hardware_timestamp";
  }
  return "unknown field";
}

std::string_view to_string(ecn_codepoint codepoint) noexcept {
  switch (codepoint) {
  case ecn_codepoint::not_ect:
    return "not_ect";
  case ecn_codepoint::ect1:
    return "ect1";
  case ecn_codepoint::ect0:
    return "ect0";
  case ecn_codepoint::ce:
    return "ce";
  }
  return "unknown codepoint";
}

std::string_view to_string(timestamp_clock clock) noexcept {
  switch (clock) {
  case timestamp_clock::realtime:
    return "realtime";
  case timestamp_clock::hardware:
    return "hardware";
  case timestamp_clock::performance_counter:
    return "performance_counter";
  }
  return "unknown clock";
}

std::string_view to_string(control_error_reason reason) noexcept {
  switch (reason) {
  case control_error_reason::none:
    return "none";
  case control_error_reason::length_below_header:
    return "length below the header";
  case control_error_reason::length_beyond_buffer:
    return "length beyond the buffer";
  case control_error_reason::payload_too_short:
    return "payload too short";
  case control_error_reason::buffer_too_large:
    return "buffer too large";
  }
  return "unknown reason";
}

std::string to_string(field_set set) {
  std::string text;
  for (const field what : set) {
    text.append(text.empty() ? "" : ", ").append(to_string(what));
  }
  return text.empty() ? "nothing" : text;
}

std::string to_string(const metadata& values) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  const char* separator = "";
  const auto put = [&](std::string_view name, const auto& value) {
    if (value) {
      out << separator << name << '=' << *value;
      separator = " ";
    }
  };
  const auto number = [](const std::optional<std::uint8_t>& octet) {
    return octet ? std::optional<unsigned>{*octet} : std::nullopt;
  };
  put("destination", values.destination);
  put("interface_index", values.interface_index);
  put("receive_interface", values.receive_interface);
  put("original_arrival_interface", values.original_arrival_interface);
  put("hop_limit", number(values.hop_limit));
  put("traffic_class", values.traffic_class);
  put("ecn", values.ecn);
  put("segment_bytes", values.segment_bytes);
  put("timestamp", values.timestamp);
  put("hardware_timestamp", values.hardware_timestamp);
  put("hardware_timestamp_origin", values.hardware_timestamp_origin);
  put("dropped_total", values.dropped_total);
  put("original_destination", values.original_destination);
  put("local_address", values.local_address);
  put("redirect_records", values.redirect_records);
  put("redirect_context", values.redirect_context);
  const std::string text = out.str();
  return text.empty() ? "nothing" : text;
}

std::ostream& operator<<(std::ostream& out, field what) { return out << to_string(what); }

std::ostream& operator<<(std::ostream& out, field_set set) { return out << to_string(set); }

std::ostream& operator<<(std::ostream& out, ecn_codepoint codepoint) {
  return out << to_string(codepoint);
}

std::ostream& operator<<(std::ostream& out, traffic_class octet) {
  return out << text_of([&](std::ostream& text) {
           text << "dscp:" << unsigned{octet.dscp()} << ",ecn:" << to_string(octet.ecn());
         });
}

std::ostream& operator<<(std::ostream& out, const timestamp& when) {
  return out << text_of(
             [&](std::ostream& text) { text << to_string(when.clock) << ':' << when.value; });
}

std::ostream& operator<<(std::ostream& out, const timestamp_origin& origin) {
  return out << text_of([&](std::ostream& text) {
           text << "interface:" << origin.interface_index << ",bytes:" << origin.packet_bytes;
         });
}

std::ostream& operator<<(std::ostream& out, const control_error& error) {
  return out << text_of([&](std::ostream& text) {
           text << to_string(error.reason) << " at " << error.offset;
         });
}

std::ostream& operator<<(std::ostream& out, const opaque_bytes& opaque) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte octet : opaque.bytes()) {
    text += digits[std::to_integer<unsigned>(octet) >> 4];
    text += digits[std::to_integer<unsigned>(octet) & 15];
  }
  return out << text + (opaque.truncated() ? "..." : "");
}

std::ostream& operator<<(std::ostream& out, const metadata& values) {
  return out << to_string(values);
}

std::ostream& operator<<(std::ostream& out, const metadata_view& view) {
  return out << text_of([&](std::ostream& text) {
           text << view.to_metadata();
           if (view.error()) {
             text << " error=" << view.error();
           }
         });
}

} // namespace ancillary
