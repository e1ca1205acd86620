#pragma once

// The system whose control messages this build receives. The build selects one of the two files of
// this name for the target system, so that no header tests a platform macro.
namespace ancillary::detail {
inline constexpr bool native_is_windows = true;
}
