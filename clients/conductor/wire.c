/* Framing of records: head, payload, checksum. Pure. */
#include "clients/conductor/wire.h"

#include <string.h>

enum { POLYNOMIAL_BITS = 8 };
#define CRC_POLYNOMIAL 0xedb88320u

uint32_t wire_crc(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    crc = ~crc;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < POLYNOMIAL_BITS; bit++)
            crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
    }
    return ~crc;
}

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
    put32(out + end, wire_crc(0, out, end));
    return end + RECORD_CRC_BYTES;
}
