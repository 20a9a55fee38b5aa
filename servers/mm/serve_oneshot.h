/* The one-shot forms in full; serve_quick.c has the short cuts that most requests take. */
#pragma once
#include "serve.h"

int32_t serve_oneshot_map(struct request *r);
int32_t serve_oneshot_unmap(struct request *r);
int32_t serve_oneshot_protect(struct request *r);
int32_t serve_oneshot_query(struct request *r);
