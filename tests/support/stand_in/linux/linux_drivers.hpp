#pragma once

#include "platform/driver.hpp"

namespace ancillary_test {

// Whatever the family has of the facts that Windows' messages are made of.
void ask_linux_for_everything(int socket);

} // namespace ancillary_test

namespace ancillary::detail {

[[nodiscard]] std::unique_ptr<driver> make_linux_driver(asio::ip::udp::socket& socket,
                                                        const receive_options& options,
                                                        std::error_code& error);
[[nodiscard]] std::unique_ptr<batch_source>
make_linux_source(native_socket socket, const receive_options& options, std::error_code& error);

} // namespace ancillary::detail
