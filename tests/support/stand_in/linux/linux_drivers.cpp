// The Linux driver and source, renamed because the stand-in's replace them.
#define make_driver make_linux_driver
#define make_source make_linux_source
#include "platform/linux/driver.cpp"
#include "platform/linux/socket_source.cpp"
