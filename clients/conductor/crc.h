/* The checksum of records and programs: CRC-32 as in zlib. */
#pragma once
#include "abi/types.h"

/* Continues a checksum (0 starts one) over `bytes` bytes. Returns: the new value. */
uint32_t crc_of(uint32_t crc, const void *data, size_t bytes);
