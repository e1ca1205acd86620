#include "support/real_windows.hpp"

#include <windows.h>

namespace ancillary_test {

bool on_real_windows() noexcept {
  const HMODULE module = ::GetModuleHandleA("ntdll.dll");
  return module == nullptr || ::GetProcAddress(module, "wine_get_version") == nullptr;
}

} // namespace ancillary_test
