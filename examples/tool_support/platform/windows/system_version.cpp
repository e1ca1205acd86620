#include "../../arguments.hpp"

// Must come before windows.h, which otherwise includes winsock.h.
#include <winsock2.h>

#include <windows.h>

namespace tool {
namespace {

// A function of ntdll.dll, which every process has loaded; null if it has none of that name.
template <class Function>
Function* of_ntdll(const char* name) {
  const HMODULE library = ::GetModuleHandleW(L"ntdll.dll");
  if (library == nullptr) {
    return nullptr;
  }
  return reinterpret_cast<Function*>(
      reinterpret_cast<void*>(::GetProcAddress(library, name))); // void*: silences GCC
}

} // namespace

// GetVersionEx reports at most Windows 8 to a program without a manifest.
std::string system_version() {
  using rtl_get_version = LONG WINAPI(OSVERSIONINFOW*);
  using wine_get_version = const char*();
  std::string text = "Windows";
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  auto* const get_version = of_ntdll<rtl_get_version>("RtlGetVersion");
  if (get_version != nullptr && get_version(&version) == 0) {
    text += " " + std::to_string(version.dwMajorVersion) + "." +
            std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber);
  }
  if (auto* const wine = of_ntdll<wine_get_version>("wine_get_version")) {
    text += std::string(" (Wine ") + wine() + ")";
  }
  return text;
}

} // namespace tool
