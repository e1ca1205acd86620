#pragma once

// Which system's control messages this build receives. The build picks one of the two files of this
// name by the target system, so that no header has to ask the preprocessor.
namespace ancillary::detail {
inline constexpr bool native_is_windows = true;
}
