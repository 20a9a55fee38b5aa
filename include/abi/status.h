/* Outcomes as values: 0 is success, every error is negative and has a name. */
#pragma once
#include "abi/types.h"

#define STATUS(name, number, meaning) name = number,
enum status {
#include "abi/status.def"
};
#undef STATUS

typedef int32_t status_t;

/* Must be looked at: a dropped outcome does not compile. */
#define NODISCARD __attribute__((warn_unused_result))
