/* SPDX-License-Identifier: MIT */
#include "base/last_error.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/platform_thread.h"
#include "base/quote.h"

struct record {
    uint64_t failures;
    char text[BP_ERROR_SIZE];
};

static struct bp_once once = BP_ONCE;
static struct bp_slot slot;
static atomic_bool has_slot;

/* In place of a record where there is no memory for one: the status alone. */
static const bp_status plain[] = {BP_ERR_ARG,       BP_ERR_MEMORY, BP_ERR_SHAPE,  BP_ERR_STATE,    BP_ERR_UNSUPPORTED,
                                  BP_ERR_NONFINITE, BP_ERR_IO,     BP_ERR_FORMAT, BP_ERR_CANCELLED};

static bool is_plain(const void *kept)
{
    const bp_status *status = kept;
    return status >= plain && status < plain + sizeof(plain) / sizeof(plain[0]);
}

static void release(void *kept)
{
    if (!is_plain(kept))
        free(kept);
}

static void make_slot(void) { atomic_store(&has_slot, bp_slot_create(&slot, release)); }

static const void *find(void) { return atomic_load(&has_slot) ? bp_slot_get(&slot) : NULL; }

/* NULL where there was no failure, or no memory. */
static struct record *find_record(void)
{
    const void *kept = find();
    return is_plain(kept) ? NULL : (struct record *)kept;
}

/* The thread's record, made if need be; NULL if there is no memory. */
static struct record *make_record(void)
{
    bp_once(&once, make_slot);
    struct record *record = find_record();
    if (record || !atomic_load(&has_slot))
        return record;
    record = calloc(1, sizeof(*record));
    if (record && bp_slot_set(&slot, record))
        return record;
    free(record);
    return NULL;
}

static void keep_status(bp_status status)
{
    size_t i = 0;
    while (i + 1 < sizeof(plain) / sizeof(plain[0]) && plain[i] != status)
        i++;
    if (atomic_load(&has_slot))
        (void)bp_slot_set(&slot, &plain[i]); /* with glibc the first 32 slots of a process take no memory */
}

#if defined(__GNUC__)
/* When the process ends, or the plugin is unloaded that the library is a part of: without the slot, no thread that ends
 * later calls a function that is gone. The sentences of threads that still run stay allocated. */
__attribute__((destructor)) static void delete_slot(void)
{
    struct record *record = find_record();
    if (atomic_exchange(&has_slot, false)) {
        (void)bp_slot_set(&slot, NULL);
        bp_slot_destroy(&slot);
    }
    free(record);
}
#endif

void bp_error_write(bp_status status, const char *function, const char *text)
{
    const int number = errno;
    struct record *record = make_record();
    if (!record)
        keep_status(status);
    else {
        char sentence[BP_ERROR_SIZE]; /* `text` may be a part of the old one */
        const int length = snprintf(sentence, sizeof(sentence), "%s: %s", function, text);
        if (length >= (int)sizeof(sentence))
            bp_quote_mend_end(sentence);
        memcpy(record->text, sentence, sizeof(sentence));
        record->failures++;
    }
    errno = number;
}

const char *bp_last_error(void)
{
    const void *kept = find();
    if (!kept)
        return "";
    return is_plain(kept) ? bp_status_string(*(const bp_status *)kept) : ((const struct record *)kept)->text;
}

const char *bp_error_reason(void)
{
    const char *sentence = bp_last_error(), *end = strstr(sentence, ": ");
    return end ? end + 2 : sentence;
}

void bp_error_keep(struct bp_error_kept *kept)
{
    const struct record *record = find_record();
    *kept = (struct bp_error_kept){0};
    if (!record)
        return;
    kept->failures = record->failures;
    memcpy(kept->text, record->text, sizeof(kept->text));
}

void bp_error_put_back(const struct bp_error_kept *kept)
{
    struct record *record = find_record();
    if (!record || record->failures == kept->failures)
        return;
    record->failures = kept->failures;
    memcpy(record->text, kept->text, sizeof(record->text));
}

uint64_t bp_error_count(void)
{
    const struct record *record = find_record();
    return record ? record->failures : 0;
}
