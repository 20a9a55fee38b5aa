/* What the files that send the messages of a request share. Only pieces*.c include this. */
#pragma once
#include "clients/conductor/core/script.h"

struct flight *pieces_flight(struct script *s, uint32_t client);

/* The request has its outcome. */
void pieces_done(struct flight *f, struct rec_outcome actual);

/* Sends a message to mm; its arguments are in s->words. */
void pieces_start(struct script *s, uint32_t client, uint64_t label, uint32_t count);

/* Sends any request. */
void pieces_request(struct script *s, uint32_t client, const struct machine_request *request);

/* Room for the handles of a creation. Returns: false if there is none; the script stops. */
bool pieces_reserve(struct script *s, struct flight *f, uint64_t count);

/* Element `element` of the reserved handles is there. */
void pieces_made(struct script *s, uint32_t client, uint32_t element, uint64_t number,
                 uint64_t identity);

void pieces_frame_send(struct script *s, uint32_t client, const struct value *operands);
void pieces_frame_piece(struct script *s, uint32_t client, const struct machine_reply *reply);

void pieces_each_send(struct script *s, const struct program_site *site,
                      const struct value *operands);
void pieces_each_piece(struct script *s, uint32_t client, enum script_op op,
                       const struct machine_reply *reply);

/* Maps of more frames than a message can name. */
bool pieces_map_takes(const struct program_site *site, const struct value *operands);
void pieces_map_send(struct script *s, const struct program_site *site,
                     const struct value *operands);
bool pieces_map_goes_on(const struct script *s, uint32_t client, uint32_t op);
void pieces_map_piece(struct script *s, uint32_t client, const struct machine_reply *reply);

void pieces_window_send(struct script *s, const struct program_site *site,
                        const struct value *operands);
void pieces_read_piece(struct script *s, uint32_t client, const struct machine_reply *reply);

void pieces_raw_send(struct script *s, const struct program_site *site,
                     const struct value *operands);
void pieces_raw_piece(struct script *s, uint32_t client, const struct machine_reply *reply);
