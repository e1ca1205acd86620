// Whether a test runs on Windows itself rather than under Wine or on Linux.
#pragma once

namespace ancillary_test {

// For what docs/windows.md says of Windows alone. A test that cannot run there skips with a reason.
[[nodiscard]] bool on_real_windows() noexcept;

} // namespace ancillary_test
