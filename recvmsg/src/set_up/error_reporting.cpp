#include "set_up/error_reporting.hpp"

#include "set_up/metadata_options.hpp"
#include "set_up/socket_families.hpp"

namespace ancillary::detail {

// On a dual-stack socket each option applies to the datagrams of its family.
error_detail_grant request_error_detail(native_socket socket) noexcept {
  const enabling_option& option = error_detail_option();
  error_detail_grant grant{true, false, false, {}, option.name};
  const families taken = families_of(socket, grant.error);
  if (!grant.error && taken != families::v4) {
    grant.error = switch_on(socket, *option.v6, 0);
    grant.granted = !grant.error;
  }
  if (!grant.error && taken != families::v6) {
    grant.error = switch_on(socket, *option.v4, 0);
    grant.ipv4_refused = grant.granted && grant.error;
    grant.granted = grant.granted || !grant.error;
  }
  return grant;
}

} // namespace ancillary::detail
