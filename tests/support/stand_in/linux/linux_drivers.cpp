// The Linux driver and source, which the stand-in's stand before, under names of their own.
#define make_driver make_linux_driver
#define make_source make_linux_source
#include "platform/linux/driver.cpp"
#include "platform/linux/socket_source.cpp"
