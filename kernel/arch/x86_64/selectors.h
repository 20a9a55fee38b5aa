/* Selectors, and the flags that may reach a user program. */
#pragma once

#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UDATA 0x1b
#define SEL_UCODE 0x23
#define SEL_TSS 0x28

/* arithmetic flags, DF, AC, ID; IF always set */
#define USER_FLAGS_MASK 0x240cd5
#define USER_FLAGS_SET 0x202
