/* Records in the form in which they travel on the line: see abi/record.h. */
#pragma once
#include "abi/record.h"

enum { WIRE_BYTES_MAX = RECORD_HEAD_BYTES + RECORD_PAYLOAD_MAX + RECORD_CRC_BYTES };

/*
 * Frames one record.
 * Requires: payload_bytes <= RECORD_PAYLOAD_MAX.
 * Returns: bytes of the frame in `out`.
 */
size_t wire_frame(uint8_t out[WIRE_BYTES_MAX], enum record_type type, uint32_t seq,
                  const void *payload, size_t payload_bytes);
