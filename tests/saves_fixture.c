/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "saves_fixture.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char saves_folder[32], saves_path[SAVES_PATH];

int saves_begin(void **state)
{
    (void)state;
    snprintf(saves_folder, sizeof(saves_folder), "%s/bp-saves-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(saves_folder))
        return 1;
    snprintf(saves_path, sizeof(saves_path), "%s/net.safetensors", saves_folder);
    return 0;
}

int saves_end(void **state)
{
    (void)state;
    remove(saves_path);
    return rmdir(saves_folder); /* which must be empty */
}

/* Files that saves leave: counted, the path of the last copied, or all removed. */
static size_t go_through_left(char *left, bool removes)
{
    DIR *entries = opendir(saves_folder);
    const struct dirent *entry;
    size_t found = 0;
    assert_non_null(entries);
    while ((entry = readdir(entries))) {
        if (strncmp(entry->d_name, ".bp-", 4) != 0)
            continue;
        found++;
        if (left)
            snprintf(left, SAVES_LEFT, "%s/%s", saves_folder, entry->d_name);
        if (removes)
            assert_int_equal(unlinkat(dirfd(entries), entry->d_name, 0), 0);
    }
    closedir(entries);
    return found;
}

size_t saves_left(void) { return go_through_left(NULL, false); }

void saves_path_left(char left[SAVES_LEFT]) { assert_true(go_through_left(left, false) > 0); }

void saves_remove_left(void) { go_through_left(NULL, true); }

bool saves_file_is(struct file file)
{
    FILE *stream = fopen(saves_path, "rb");
    if (!stream)
        return false;
    unsigned char *bytes = malloc(file.size + 1);
    assert_non_null(bytes);
    const bool same = fread(bytes, 1, file.size + 1, stream) == file.size && memcmp(bytes, file.bytes, file.size) == 0;
    fclose(stream);
    free(bytes);
    return same;
}

int32_t saves_dtype(void) { return dtype_built(BP_F32) ? BP_F32 : BP_F64; }

bp_net *saves_large_net(uint64_t seed)
{
    static const struct any_layer layers[] = {{60, BP_ACT_TANH, 0, 0}, {1, BP_ACT_IDENTITY, 0, 0}};
    return any_net(saves_dtype(), 30, layers, 2, seed);
}
