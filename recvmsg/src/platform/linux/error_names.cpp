// Linux: errno numbers.

#include "common/error_names.hpp"

#include <cerrno>

namespace ancillary::detail {

#define NAMED(code)                                                                                \
  case code:                                                                                       \
    return #code

std::string_view error_name(int code) noexcept {
  switch (code) {
    NAMED(EACCES);
    NAMED(EADDRINUSE);
    NAMED(EADDRNOTAVAIL);
    NAMED(EAFNOSUPPORT);
    NAMED(EAGAIN);
    NAMED(EALREADY);
    NAMED(EBADF);
    NAMED(EBUSY);
    NAMED(ECANCELED);
    NAMED(ECONNABORTED);
    NAMED(ECONNREFUSED);
    NAMED(ECONNRESET);
    NAMED(EDESTADDRREQ);
    NAMED(EEXIST);
    NAMED(EFAULT);
    NAMED(EHOSTDOWN);
    NAMED(EHOSTUNREACH);
    NAMED(EINPROGRESS);
    NAMED(EINTR);
    NAMED(EINVAL);
    NAMED(EIO);
    NAMED(EISCONN);
    NAMED(EMFILE);
    NAMED(EMSGSIZE);
    NAMED(ENAMETOOLONG);
    NAMED(ENETDOWN);
    NAMED(ENETRESET);
    NAMED(ENETUNREACH);
    NAMED(ENFILE);
    NAMED(ENOBUFS);
    NAMED(ENODEV);
    NAMED(ENOENT);
    NAMED(ENOMEM);
    NAMED(ENOPROTOOPT);
    NAMED(ENOSPC);
    NAMED(ENOSYS);
    NAMED(ENOTCONN);
    NAMED(ENOTDIR);
    NAMED(ENOTSOCK);
    NAMED(ENXIO);
    NAMED(EOPNOTSUPP);
    NAMED(EPERM);
    NAMED(EPIPE);
    NAMED(EPROTO);
    NAMED(EPROTONOSUPPORT);
    NAMED(EPROTOTYPE);
    NAMED(ESHUTDOWN);
    NAMED(ESOCKTNOSUPPORT);
    NAMED(ETIMEDOUT);
    NAMED(EXDEV);
  default:
    return {};
  }
}

#undef NAMED

} // namespace ancillary::detail
