#include <ancillary/decoders.hpp>

#include <iostream>

// The decoder with a run-time layout is in the compiled library.
int main() {
  const ancillary::metadata_view view(ancillary::layout_id::windows_x64, {});
  std::cout << "fields: " << ancillary::to_string(view.present()) << '\n';
  return view.present().empty() ? 0 : 1;
}
