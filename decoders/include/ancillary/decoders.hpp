#pragma once

#include "ancillary/decoders/control_builder.hpp"
#include "ancillary/decoders/control_cursor.hpp"
#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/ip_address.hpp"
#include "ancillary/decoders/layout.hpp"
#include "ancillary/decoders/message_types.hpp"
#include "ancillary/decoders/metadata.hpp"
#include "ancillary/decoders/metadata_decoder.hpp"
#include "ancillary/decoders/metadata_view.hpp"
#include "ancillary/decoders/segments.hpp"
#include "ancillary/decoders/transport_error.hpp"
