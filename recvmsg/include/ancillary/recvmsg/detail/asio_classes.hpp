// Fails the link of a program whose Asio configuration differs from the compiled library's.
#pragma once

#include <asio/detail/config.hpp>
#include <asio/detail/operation.hpp>
#include <asio/ip/udp.hpp>
#include <asio/version.hpp>
#include <cstddef>

namespace ancillary::detail {

// The layout of Asio's classes depends on Asio's version and on macros, some of which older
// versions derive from standard headers included earlier. Two layouts of a class in one program
// corrupt memory. This type encodes the caller's Asio configuration in the symbol name, so that a
// mismatch fails to link: "undefined reference to ... asio_classes<...>" means that this source
// file and the library see different configurations. Link ancillary::asio (a dependency of
// ancillary::recvmsg), which sets the macros, and build the library with the Asio that its users
// have.
template <long version, bool threads, bool aligned_new, bool io_uring, std::size_t socket_bytes,
          std::size_t operation_bytes>
struct asio_classes {};

using asio_classes_here =
    asio_classes<ASIO_VERSION,
#if defined(ASIO_HAS_THREADS)
                 true,
#else
                 false,
#endif
#if defined(ASIO_HAS_STD_ALIGNED_ALLOC)
                 true,
#else
                 false,
#endif
#if defined(ASIO_HAS_IO_URING_AS_DEFAULT)
                 true,
#else
                 false,
#endif
                 sizeof(asio::ip::udp::socket), sizeof(asio::detail::operation)>;

} // namespace ancillary::detail
