/* SPDX-License-Identifier: MIT */
#include "data/readers/zip.h"

#include <string.h>

#include "base/quote.h"
#include "base/try.h"

/* The records, by the four bytes that they begin with, and their bytes without names and other appendices. */
#define SIGNATURE(a, b) (UINT32_C(0x4b50) | (uint32_t)(a) << 16 | (uint32_t)(b) << 24)
static const uint32_t member_signature = SIGNATURE(3, 4), entry_signature = SIGNATURE(1, 2),
                      end_signature = SIGNATURE(5, 6), end64_signature = SIGNATURE(6, 6),
                      locator_signature = SIGNATURE(6, 7);
enum { MEMBER_SIZE = 30, ENTRY_SIZE = 46, END_SIZE = 22, END64_SIZE = 56, LOCATOR_SIZE = 20 };

enum { MOST_COMMENT = 0xffff, ZIP64_EXTRA = 1, ENCRYPTED = 1, STORED = 0, DEFLATED = 8 };

static const char extension[] = ".npy";

struct directory {
    uint64_t offset, size, entries;
};

struct entry {
    uint64_t offset, packed, size; /* of the member's own header; of its bytes, packed and not */
    uint32_t crc;
    unsigned flags, method;
    bool wanted;
};

static uint64_t little_endian(const unsigned char *bytes, size_t size)
{
    uint64_t whole = 0;
    while (size-- > 0)
        whole = whole << 8 | bytes[size];
    return whole;
}

static bp_status fail(struct bp_reader *reader, uint64_t offset, const char *what)
{
    if (reader->status != BP_OK)
        return reader->status;
    return bp_reader_fail(reader, BP_ERR_FORMAT, "byte %llu: %s", (unsigned long long)offset, what);
}

/* ---- bytes */

static bp_status go_to(struct bp_reader *reader, uint64_t offset, uint64_t size)
{
    return bp_reader_enter(reader, &(struct bp_span){.offset = offset, .packed = size, .size = size});
}

/* Takes `size` bytes of which the first four must be `signature`. */
static bool take_record(struct bp_reader *reader, uint32_t signature, unsigned char *bytes, size_t size)
{
    return bp_reader_take(reader, bytes, size) == size && little_endian(bytes, 4) == signature;
}

static bool skip(struct bp_reader *reader, size_t size)
{
    unsigned char passed[256];
    while (size > 0) {
        const size_t want = size < sizeof(passed) ? size : sizeof(passed);
        if (bp_reader_take(reader, passed, want) < want)
            return false;
        size -= want;
    }
    return true;
}

/* Takes a name of `length` bytes, and returns whether it is `wanted`, with or without the extension. */
static bool take_name(struct bp_reader *reader, size_t length, const char *wanted, bool *is_wanted)
{
    const size_t stem = strlen(wanted), whole = stem + strlen(extension);
    *is_wanted = length == stem || length == whole;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte;
        if (bp_reader_take(reader, &byte, 1) < 1)
            return false;
        if (*is_wanted)
            *is_wanted = byte == (unsigned char)(i < stem ? wanted[i] : extension[i - stem]);
    }
    return true;
}

/* ---- the directory */

/* The last record that ends the file with its comment, and where it is. */
static bp_status find_end(struct bp_reader *reader, unsigned char *end, uint64_t *at)
{
    uint64_t size = 0;
    bool found = false;
    BP_TRY(bp_reader_size(reader, &size));
    const uint64_t tail = size < END_SIZE + MOST_COMMENT ? size : END_SIZE + MOST_COMMENT;
    BP_TRY(go_to(reader, size - tail, tail));
    while (reader->end - reader->at >= END_SIZE || bp_reader_fill(reader) >= END_SIZE) {
        const unsigned char *bytes = reader->bytes + reader->at;
        const uint64_t offset = size - tail + bp_reader_offset(reader);
        if (little_endian(bytes, 4) == end_signature && offset + END_SIZE + little_endian(bytes + 20, 2) == size) {
            memcpy(end, bytes, END_SIZE);
            *at = offset;
            found = true;
        }
        reader->at++;
    }
    if (!found)
        return fail(reader, size, "ends without the directory of a ZIP archive, such as an .npz file");
    return BP_OK;
}

/* What did not fit into the end record is in another one, to which a locator right before the end leads. `*at` becomes
 * where the records of the end begin. */
static bp_status find_end64(struct bp_reader *reader, struct directory *directory, uint64_t *at)
{
    unsigned char locator[LOCATOR_SIZE], end[END64_SIZE];
    const uint64_t locator_at = *at - LOCATOR_SIZE;
    if (*at < LOCATOR_SIZE)
        return BP_OK;
    BP_TRY(go_to(reader, locator_at, LOCATOR_SIZE));
    if (!take_record(reader, locator_signature, locator, LOCATOR_SIZE))
        return reader->status;
    const uint64_t offset = little_endian(locator + 8, 8);
    if (locator_at < END64_SIZE || offset > locator_at - END64_SIZE)
        return fail(reader, locator_at, "points to a zip64 record where none can be");
    BP_TRY(go_to(reader, offset, END64_SIZE));
    if (!take_record(reader, end64_signature, end, END64_SIZE))
        return fail(reader, offset, "is not the zip64 record that the end points to");
    *directory = (struct directory){little_endian(end + 48, 8), little_endian(end + 40, 8), little_endian(end + 32, 8)};
    *at = offset;
    return BP_OK;
}

static bp_status find_directory(struct bp_reader *reader, struct directory *directory)
{
    unsigned char end[END_SIZE] = {0};
    uint64_t at = 0;
    BP_TRY(find_end(reader, end, &at));
    *directory = (struct directory){little_endian(end + 16, 4), little_endian(end + 12, 4), little_endian(end + 10, 2)};
    if (directory->offset == UINT32_MAX || directory->size == UINT32_MAX || directory->entries == UINT16_MAX)
        BP_TRY(find_end64(reader, directory, &at));
    if (directory->offset > at || directory->size > at - directory->offset)
        return fail(reader, at, "names a directory that is not before it");
    return BP_OK;
}

/* Takes the appendices of an entry, `length` bytes. A size that did not fit is in one of them. */
static bool take_extras(struct bp_reader *reader, size_t length, struct entry *entry)
{
    uint64_t *const numbers[] = {&entry->size, &entry->packed, &entry->offset};
    unsigned char head[4], number[8];
    while (length >= sizeof(head)) {
        if (bp_reader_take(reader, head, sizeof(head)) < sizeof(head))
            return false;
        size_t size = (size_t)little_endian(head + 2, 2);
        length -= sizeof(head);
        if (size > length)
            return false;
        length -= size;
        for (size_t i = 0; i < 3 && little_endian(head, 2) == ZIP64_EXTRA; i++)
            if (*numbers[i] == UINT32_MAX && size >= sizeof(number)) {
                if (bp_reader_take(reader, number, sizeof(number)) < sizeof(number))
                    return false;
                *numbers[i] = little_endian(number, sizeof(number));
                size -= sizeof(number);
            }
        if (!skip(reader, size))
            return false;
    }
    return skip(reader, length);
}

static bool take_entry(struct bp_reader *reader, const char *name, struct entry *entry)
{
    unsigned char bytes[ENTRY_SIZE];
    if (!take_record(reader, entry_signature, bytes, sizeof(bytes)))
        return false;
    *entry = (struct entry){
        .offset = little_endian(bytes + 42, 4),
        .packed = little_endian(bytes + 20, 4),
        .size = little_endian(bytes + 24, 4),
        .crc = (uint32_t)little_endian(bytes + 16, 4),
        .flags = (unsigned)little_endian(bytes + 8, 2),
        .method = (unsigned)little_endian(bytes + 10, 2),
    };
    return take_name(reader, (size_t)little_endian(bytes + 28, 2), name, &entry->wanted) &&
           take_extras(reader, (size_t)little_endian(bytes + 30, 2), entry) &&
           skip(reader, (size_t)little_endian(bytes + 32, 2));
}

/* The entry of a name. All are read: a name that is there twice could mean either. */
static bp_status find_entry(struct bp_reader *reader, const struct directory *directory, const char *name,
                            struct entry *found)
{
    uint64_t at = 0;
    BP_TRY(go_to(reader, directory->offset, directory->size));
    for (uint64_t i = 0; i < directory->entries; i++) {
        struct entry entry;
        if (!take_entry(reader, name, &entry))
            return fail(reader, directory->offset + at, "the directory is cut off or damaged");
        if (entry.wanted && found->wanted)
            return fail(reader, directory->offset + at, "the directory has this name twice");
        if (entry.wanted)
            *found = entry;
        at = bp_reader_offset(reader);
    }
    if (bp_reader_peek(reader) >= 0)
        return fail(reader, directory->offset + at, "the directory continues after its last entry");
    if (reader->status == BP_OK && !found->wanted)
        bp_reader_fail(reader, BP_ERR_ARG, "the archive has %s, and none of this name",
                       bp_message_count(directory->entries, "member").text);
    return reader->status;
}

/* ---- the member */

static bp_status check_entry(struct bp_reader *reader, const struct entry *entry)
{
    if (entry->flags & ENCRYPTED)
        return bp_reader_fail(reader, BP_ERR_UNSUPPORTED, "is encrypted");
    if (entry->method != STORED && entry->method != DEFLATED)
        return bp_reader_fail(reader, BP_ERR_UNSUPPORTED,
                              "is packed by method %u: only stored (0) and deflated (8) can be read", entry->method);
    if (entry->method == STORED && entry->packed != entry->size)
        return fail(reader, entry->offset, "is stored, but has two different sizes in the directory");
    return BP_OK;
}

/* The member's own header has nothing that the entry has not, but its length. */
static bp_status enter_member(struct bp_reader *reader, const struct directory *directory, const char *name,
                              const struct entry *entry)
{
    const uint64_t limit = directory->offset, at = entry->offset;
    unsigned char bytes[MEMBER_SIZE] = {0};
    bool is_wanted = false;
    if (limit < MEMBER_SIZE || at > limit - MEMBER_SIZE)
        return fail(reader, at, "is not before the directory");
    BP_TRY(go_to(reader, at, limit - at));
    if (!take_record(reader, member_signature, bytes, sizeof(bytes)) ||
        !take_name(reader, (size_t)little_endian(bytes + 26, 2), name, &is_wanted) || !is_wanted)
        return fail(reader, at, "the member that the directory names is not here");
    const uint64_t begin = at + bp_reader_offset(reader) + little_endian(bytes + 28, 2);
    if (begin > limit || entry->packed > limit - begin)
        return fail(reader, at, "continues into the directory");
    return bp_reader_enter(reader, &(struct bp_span){.offset = begin,
                                                     .packed = entry->packed,
                                                     .size = entry->size,
                                                     .deflated = entry->method == DEFLATED,
                                                     .checked = true,
                                                     .crc = entry->crc});
}

bp_status bp_zip_enter(struct bp_reader *reader, const char *name)
{
    struct directory directory = {0};
    struct entry entry = {0};
    if (reader->gzip)
        return bp_reader_fail(reader, BP_ERR_UNSUPPORTED,
                              "is gzipped, but an archive is read from its end: unpack it first");
    BP_TRY(find_directory(reader, &directory));
    BP_TRY(find_entry(reader, &directory, name, &entry));
    BP_TRY(check_entry(reader, &entry));
    return enter_member(reader, &directory, name, &entry);
}
