/* SPDX-License-Identifier: MIT
 *
 * The header of a safetensors file as JSON: one object whose members are objects. It is looked through once, by rules
 * that are stricter than JSON's, and then read member by member where it lies, so that no header makes it take more
 * memory than a few times one text.
 *
 * The rules: depth at most 3; UTF-8; names without escapes, of at most BP_JSON_MOST_KEY bytes, none twice in an object;
 * no NUL; numbers are whole, not negative and have 18 digits at most; no true, false and null; after the object only
 * blanks. */
#ifndef BP_FILES_SAFETENSORS_JSON_H
#define BP_FILES_SAFETENSORS_JSON_H

#include "base/quote.h"
#include "files/file_call.h"

/* Members of an object are counted so far that an index of them takes half a MiB at most. */
enum { BP_JSON_MOST_KEY = 1024, BP_JSON_MOST_MEMBERS = 1 << 17, BP_JSON_MOST_TEXT = 1 << 16, BP_JSON_MOST_LIST = 8 };

/* A member of an object: its name, without the quotes, and its value, with all that belongs to it. */
struct bp_json_member {
    const char *key, *value;
    size_t key_size, value_size;
};

/* An object's members in the order of their names. */
struct bp_json_object {
    const char *text;
    uint32_t *member; /* where the name begins; and BP_JSON_USED once somebody has asked for it */
    size_t count;
};

#define BP_JSON_USED UINT32_C(0x80000000)

/* That the text keeps to the rules, except that names may come twice. */
bp_status bp_json_check(const struct bp_call *call, const char *text, size_t size);

/* Goes through the members of a checked object in the order of the text; `at` begins at its bracket. */
bool bp_json_next(const char **at, struct bp_json_member *member);

/* Of a checked object; refuses names that come twice. To be released, also after a failure. */
bp_status bp_json_index(const struct bp_call *call, const char *object, struct bp_json_object *index);
void bp_json_release(const struct bp_call *call, struct bp_json_object *index);

bool bp_json_find(const struct bp_json_object *index, const char *key, struct bp_json_member *member);
/* Whether bp_json_find() has found this member before. */
bool bp_json_was_used(const struct bp_json_object *index, const struct bp_json_member *member);

/* files/safetensors/json_text.c: a string, in a block to be released, and one that has to fit `capacity` bytes with its
 * NUL. */
bp_status bp_json_text(const struct bp_call *call, const struct bp_json_member *member, char **text, size_t *size);
bp_status bp_json_short_text(const struct bp_call *call, const struct bp_json_member *member, char *text,
                             size_t capacity);

/* files/safetensors/json_tensor.c: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, and nothing else; the
 * values as they stand there. */
struct bp_json_tensor {
    char dtype[8];
    size_t rank;
    uint64_t shape[BP_JSON_MOST_LIST], begin, end;
};

bp_status bp_json_tensor(const struct bp_call *call, const struct bp_json_member *member,
                         struct bp_json_tensor *tensor);

/* A name, made fit for a sentence. */
struct bp_quote bp_json_quote(const struct bp_json_member *member);

#endif
