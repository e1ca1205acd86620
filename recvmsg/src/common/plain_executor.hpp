// Detects an io_context's own executor.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <typeinfo>

namespace ancillary::detail {

// Null for any other executor, such as a strand. Asio 1.22 does not check the type in target().
[[nodiscard]] inline const asio::io_context::executor_type*
plain_executor(const asio::any_io_executor& executor) noexcept {
#if defined(ASIO_NO_TYPEID)
  static_cast<void>(executor);
  return nullptr;
#else
  using plain = asio::io_context::executor_type;
  return executor.target_type() == typeid(plain) ? executor.target<plain>() : nullptr;
#endif
}

} // namespace ancillary::detail
