// Every way of receiving behind one interface, so that one set of tests covers all of them.
#pragma once

#include "support/ways/in_own_loops.hpp"
#include "support/ways/on_a_context.hpp"
