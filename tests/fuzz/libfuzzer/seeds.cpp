// seeds FOLDER: writes the golden buffers to the folder as inputs of the target `decode`.
#include "decoders/buffers.hpp"
#include "golden/all.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

int main(int argc, char** argv) {
  using namespace ancillary_test;
  if (argc != 2) {
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  for (const auto& golden : golden::all()) {
    const auto layout = std::find(all_layouts.begin(), all_layouts.end(), golden.layout);
    std::string name(golden.name);
    std::replace(name.begin(), name.end(), ' ', '_');
    std::ofstream file(folder / name, std::ios::binary);
    file.put(static_cast<char>(layout - all_layouts.begin()));
    file.write(reinterpret_cast<const char*>(golden.bytes.data()),
               static_cast<std::streamsize>(golden.bytes.size()));
    if (!file) {
      return 1;
    }
  }
}
