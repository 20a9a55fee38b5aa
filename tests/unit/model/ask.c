#include "ask.h"

#include <criterion/criterion.h>
#include <string.h>

struct model *world;
const struct outcome_set *answer;
uint64_t out[OUTCOME_WORDS];

void world_begin(void)
{
    world = model_new((struct model_facts){ 2, 64 << 20 });
    cr_assert_eq(model_begin(world, 0), 0);
    cr_assert_eq(model_begin(world, 0), 1);
    cr_assert_eq(model_begin(world, 1), 2);
}

/* What the test leaves behind adds up. */
void world_end(void)
{
    uint64_t detail;

    cr_assert_eq(model_check(world, &detail), 0);
    model_free(world);
}

void post_words(uint32_t client, uint32_t label, uint32_t count, const uint64_t *words)
{
    model_step(world, client,
               &(struct model_request){
                   .kind = MODEL_MM, .label = label, .count = count, .args = words });
}

int64_t taken(uint32_t client)
{
    uint32_t whose;

    cr_assert(model_answer(world, &whose, &answer), "an answer is there");
    cr_assert_eq(whose, client);
    cr_assert_eq(answer->count, 1);
    memcpy(out, answer->member[0].words, sizeof out);
    return answer->member[0].status;
}

int64_t ask_words(uint32_t client, uint32_t label, uint32_t count, const uint64_t *words)
{
    post_words(client, label, count, words);
    return taken(client);
}

static void touched(uint32_t client, struct model_request request)
{
    uint32_t whose;

    request.kind = MODEL_TOUCH;
    model_step(world, client, &request);
    cr_assert(model_answer(world, &whose, &answer));
    cr_assert_eq(whose, client);
}

void load(uint32_t client, uint64_t address, uint32_t width)
{
    touched(client,
            (struct model_request){ .access = ACCESS_R, .width = width, .address = address });
}

void store(uint32_t client, uint64_t address, uint32_t width, uint64_t value)
{
    touched(client,
            (struct model_request){
                .access = ACCESS_W, .width = width, .address = address, .value = value });
}

void call(uint32_t client, uint64_t address)
{
    touched(client, (struct model_request){ .access = ACCESS_X, .address = address });
}

bool is_value(uint64_t value)
{
    const struct outcome *o = &answer->member[0];

    return answer->count == 1 && !answer->any && o->end == OUTCOME_REPLY && o->status == OK &&
           o->words[0] == value;
}

bool is_fault(enum fault_access access, enum fault_reason reason)
{
    const struct outcome *o = &answer->member[0];

    return answer->count == 1 && !answer->any && o->end == OUTCOME_FAULT &&
           o->access == access && o->reason == reason;
}

uint64_t new_space(uint32_t client)
{
    cr_assert_eq(ask_words(client, MM_SPACE_NEW, 0, NULL), OK);
    return out[0];
}

uint64_t new_frame(uint32_t client, uint8_t fill)
{
    cr_assert_eq(ask(client, MM_FRAME_ALLOC, 1, fill, 0), OK);
    return out[0];
}

uint64_t new_huge(uint32_t client)
{
    cr_assert_eq(ask(client, MM_FRAME_ALLOC, PT_ENTRIES, 0, MM_FRAME_HUGE), OK);
    return out[0];
}

uint64_t new_cursor(uint32_t client, uint64_t space, uint64_t lo, uint64_t hi)
{
    cr_assert_eq(ask(client, MM_CURSOR_OPEN, space, lo, hi, MM_CURSOR_MUT), OK);
    return out[0];
}

uint64_t counted(enum mm_counter which)
{
    return model_counter(world, which);
}
