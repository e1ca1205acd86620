#pragma once

#include "../windows_answers.hpp"
#include "platform/driver.hpp"

namespace ancillary_test {

[[nodiscard]] socket_facts facts_of(int socket);

// Records what the library sends from now on.
void note_departures(bool on);

// Enables everything in the socket's family that the Windows messages are made from.
void ask_linux_for_everything(int socket);

} // namespace ancillary_test

namespace ancillary::detail {

[[nodiscard]] std::unique_ptr<driver> make_linux_driver(asio::ip::udp::socket& socket,
                                                        const receive_options& options,
                                                        std::error_code& error);
[[nodiscard]] std::unique_ptr<batch_source>
make_linux_source(native_socket socket, const receive_options& options, std::error_code& error);

} // namespace ancillary::detail
