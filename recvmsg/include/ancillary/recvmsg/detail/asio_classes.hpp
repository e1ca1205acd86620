// Makes the linker refuse a program whose Asio classes are not those of the compiled library.
#pragma once

#include <asio/detail/config.hpp>
#include <asio/detail/operation.hpp>
#include <asio/ip/udp.hpp>
#include <asio/version.hpp>
#include <cstddef>

namespace ancillary::detail {

// What an Asio class looks like depends on Asio's version and on macros, some of which older
// versions derive from the standard headers that came before; two views of a class in one program
// corrupt memory. A parameter of this type puts the view of whoever compiles into a symbol's name:
// "undefined reference to ... asio_classes<...>" means that this source sees others than the
// library does. Link ancillary::asio (ancillary::recvmsg brings it), which sets the macros, and
// build the library with the Asio that its users have.
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
