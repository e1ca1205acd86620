// pcapng FOLDER FILE: writes the datagrams of all inputs in a fuzzer's corpus to a capture file,
// and prints for each, as a JSON object, what a reader should find. For tshark.py.
#include "fuzz/pcapng_input.hpp"
#include <ancillary/pcapng.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace ancillary_test;

std::vector<std::byte> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> chars{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

void print(const ancillary::pcapng::datagram& from) {
  const auto source = from.source.address.unmapped();
  const std::size_t headers = source.is_v4() ? 28 : 48;
  const std::size_t most = source.is_v4() ? 65507 : 65527;
  std::size_t whole = from.payload.size();
  if (from.truncated && from.original_bytes) {
    whole = std::max(whole, *from.original_bytes);
  }
  const auto time = from.time.value_or(from.time_of_reading).count();
  std::cout << R"({"v4": )" << (source.is_v4() ? "true" : "false")                      //
            << R"(, "time_ns": )" << std::max<std::int64_t>(time, 0)                    //
            << R"(, "captured": )" << headers + std::min(from.payload.size(), most)     //
            << R"(, "length": )" << headers + std::min<std::size_t>(whole, 0x7fff'0000) //
            << R"(, "udp_length": )" << 8 + std::min(whole, most)                       //
            << R"(, "source": ")" << to_string(source)                                  //
            << R"(", "source_port": )" << from.source.port                              //
            << R"(, "port": )" << from.local.port                                       //
            << R"(, "hop_limit": )" << int{from.hop_limit.value_or(0)}                  //
            << R"(, "truncated": )" << (from.truncated ? "true" : "false")              //
            << R"(, "lost": )" << from.lost_at_socket + from.lost_at_capture;
  if (from.traffic_class) {
    std::cout << R"(, "traffic_class": )" << int{from.traffic_class->value};
  }
  if (from.destination && from.destination->unmapped().is_v4() == source.is_v4()) {
    std::cout << R"(, "destination": ")" << to_string(from.destination->unmapped()) << '"';
  }
  if (from.interface_index) {
    std::cout << R"(, "interface": "if)" << *from.interface_index << '"';
  }
  std::cout << "}\n";
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: pcapng FOLDER FILE\n";
    return 2;
  }
  std::vector<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    inputs.push_back(entry.path());
  }
  std::sort(inputs.begin(), inputs.end());
  std::ofstream file(argv[2], std::ios::binary);
  ancillary::pcapng::writer writer(
      [&](std::span<const std::byte> blocks) {
        file.write(reinterpret_cast<const char*>(blocks.data()),
                   static_cast<std::streamsize>(blocks.size()));
        return file ? std::error_code() : std::make_error_code(std::errc::io_error);
      },
      {.application = "corpus",
       .interface_name = [](std::uint32_t index) { return "if" + std::to_string(index); }});
  for (const auto& path : inputs) {
    for (const auto& each : fuzz::pcapng_case_from(bytes_of(path)).datagrams) {
      if (writer.write(each.values)) {
        return 1;
      }
      print(each.values);
    }
  }
  return writer.write_statistics({}, {}) ? 1 : 0;
}
