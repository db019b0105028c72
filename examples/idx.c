/* SPDX-License-Identifier: MIT */
#include "idx.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A file that is read from its beginning to its end, gzipped or not. */
#ifdef IDX_ZLIB

#include <zlib.h>

typedef gzFile source; /* zlib hands a file that is not gzipped through as it is */

static source source_open(const char *path) { return gzopen(path, "rb"); }

static void source_close(source in) { (void)gzclose(in); }

static bool source_read(source in, void *bytes, size_t size) { return gzread(in, bytes, (unsigned)size) == (int)size; }

/* Whether all has been read, which also means that gzip's checksum was right. */
static bool source_ended(source in)
{
    char byte;
    return gzread(in, &byte, 1) == 0;
}

#else

typedef FILE *source;

static source source_open(const char *path) { return fopen(path, "rb"); }

static void source_close(source in) { (void)fclose(in); }

static bool source_read(source in, void *bytes, size_t size) { return fread(bytes, 1, size, in) == size; }

static bool source_ended(source in) { return fgetc(in) == EOF && !ferror(in); }

#endif

enum {
    PATH_ROOM = 4096,
    CHUNK_LEAST = 1 << 16,
    CHUNK_MOST = 1 << 30 /* zlib counts in int */
};

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "%s: %s\n", path, what);
    return false;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static const char *read_header(struct idx *idx, source in, unsigned dimensions)
{
    const uint32_t type_of_bytes = 0x800;
    unsigned char header[16] = {0};

    if (!source_read(in, header, 4 + 4 * (size_t)dimensions))
        return "is shorter than an IDX header";
    if (big_endian(header) != type_of_bytes + dimensions)
        return dimensions == 1 ? "is not an IDX file of labels" : "is not an IDX file of images";
    idx->count = big_endian(header + 4);
    idx->height = dimensions == 3 ? big_endian(header + 8) : 1;
    idx->width = dimensions == 3 ? big_endian(header + 12) : 1;
    if (idx->count == 0 || idx->height == 0 || idx->width == 0)
        return "is empty";
    if (idx->count > SIZE_MAX / idx->height / idx->width)
        return "is too large";
    return NULL;
}

/* Memory grows with what the file really holds, so that a header that lies about its size costs none. */
static unsigned char *read_bytes(source in, size_t size)
{
    unsigned char *bytes = NULL;

    for (size_t have = 0; have < size;) {
        size_t chunk = have < CHUNK_LEAST ? CHUNK_LEAST : have < CHUNK_MOST ? have : CHUNK_MOST;
        if (chunk > size - have)
            chunk = size - have;
        unsigned char *larger = realloc(bytes, have + chunk);
        if (larger)
            bytes = larger;
        if (!larger || !source_read(in, bytes + have, chunk)) {
            free(bytes);
            return NULL;
        }
        have += chunk;
    }
    return bytes;
}

static const char *read_array(struct idx *idx, source in, unsigned dimensions)
{
    const char *what = read_header(idx, in, dimensions);
    if (what)
        return what;
    idx->bytes = read_bytes(in, idx->count * idx->height * idx->width);
    if (!idx->bytes)
        return "is damaged, is shorter than its header says, or does not fit in memory";
    if (!source_ended(in))
        return "is damaged, or is longer than its header says";
    return NULL;
}

/* Opens folder/name + suffix, and leaves that in `path`. */
static source open_in(char path[PATH_ROOM], const char *folder, const char *name, const char *suffix)
{
    const int length = snprintf(path, PATH_ROOM, "%s/%s%s", folder, name, suffix);
    return length > 0 && length < PATH_ROOM ? source_open(path) : NULL;
}

bool idx_read(struct idx *idx, const char *folder, const char *name, unsigned dimensions)
{
    char path[PATH_ROOM];
    source in = open_in(path, folder, name, "");

    *idx = (struct idx){0};
    if (!in) {
        in = open_in(path, folder, name, ".gz");
#ifndef IDX_ZLIB
        if (in) {
            source_close(in);
            return complain(path, "is gzipped, and this program was built without zlib; gunzip it first");
        }
#endif
    }
    if (!in) {
        fprintf(stderr, "%s: holds no readable %s or %s.gz\n", folder, name, name);
        return false;
    }
    const char *what = read_array(idx, in, dimensions);
    source_close(in);
    if (!what)
        return true;
    idx_free(idx);
    return complain(path, what);
}

void idx_free(struct idx *idx)
{
    free(idx->bytes);
    *idx = (struct idx){0};
}
