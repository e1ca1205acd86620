#include "platform/windows/system_calls.hpp"

namespace ancillary::detail::real_calls {

DWORD WINAPI build_number() noexcept {
  using rtl_get_version = LONG(WINAPI*)(OSVERSIONINFOW*);
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  const auto ask = ntdll == nullptr ? nullptr
                                    : reinterpret_cast<rtl_get_version>(reinterpret_cast<void*>(
                                          ::GetProcAddress(ntdll, "RtlGetVersion")));
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  return ask != nullptr && ask(&version) == 0 ? version.dwBuildNumber : 0;
}

} // namespace ancillary::detail::real_calls
