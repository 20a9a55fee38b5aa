/* Short cuts of the one-shot forms; SERVE_SLOW: nothing has happened, go the long way. */
#pragma once
#include "serve.h"

enum { SERVE_SLOW = 2 };

int32_t serve_quick_map(struct request *r);
int32_t serve_quick_unmap(struct request *r);
int32_t serve_quick_protect(struct request *r);
int32_t serve_quick_query(struct request *r);
