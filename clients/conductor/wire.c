/* Framing of records: head, payload, checksum. Pure. */
#include "clients/conductor/wire.h"

#include <string.h>

#include "clients/conductor/crc.h"

static void put32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

size_t wire_frame(uint8_t out[WIRE_BYTES_MAX], enum record_type type, uint32_t seq,
                  const void *payload, size_t payload_bytes)
{
    assert(payload_bytes <= RECORD_PAYLOAD_MAX);
    out[0] = RECORD_SYNC0;
    out[1] = RECORD_SYNC1;
    out[2] = (uint8_t)type;
    out[3] = 0;
    put32(out + 4, (uint32_t)payload_bytes);
    put32(out + 8, seq);
    if (payload_bytes)
        memcpy(out + RECORD_HEAD_BYTES, payload, payload_bytes);
    size_t end = RECORD_HEAD_BYTES + payload_bytes;
    put32(out + end, crc_of(0, out, end));
    return end + RECORD_CRC_BYTES;
}
