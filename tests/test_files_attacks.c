/* SPDX-License-Identifier: MIT
 *
 * Hostile files: those of tests/vectors/files/attacks, each with its status and sentence, by path, from memory and
 * from a stream; headers that are too large to be kept; and what looks similar and is allowed. */
#define _POSIX_C_SOURCE 200809L /* strtok_r, lstat */
#include "files_fixture.h"

#include <dirent.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is allowed: blanks, an order of names, names of other programs, and whatever a newer minor version may add. */
static void what_a_file_may_have(void **state)
{
    static const struct {
        const char *name, *old, *new;
    } rows[] = {
        {"names of other programs", "\"bp.fresh\":\"1\"",
         "\"bp.fresh\":\"1\",\"format\":\"pt\",\"bpx\":\"\\ud83d\\udc27\""},
        {"a newer minor version", "\"1.0\"", "\"1.7\""},
        {"blanks", "[3,2]", "[ 3\t,\n2 ]"},
        {"another libbp", "\"bp.version\":\"", "\"bp.version\":\"99."},
        {"no libbp", "\"bp.version\"", "\"version\""},
        {"no option", "\"bp.option.beta1\":\"0.9\",", ""},
        {"a number in another form", "\"0.25 3\"", "\"25e-2 +3.\""},
        {"escapes", "\"leaky_relu\"", "\"leaky\\u005frelu\""},
    };
    (void)state;
    any_need(BP_F32);
    bp_net *net = files_small_net(BP_F32);
    const struct file good = files_save(net);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct file file = files_edit(good, rows[i].old, rows[i].new);
        bp_net *loaded = NULL;
        if (bp_net_load_memory(&loaded, file.bytes, file.size, NULL) != BP_OK)
            fail_msg("%s: %s", rows[i].name, bp_last_error());
        files_same_nets(net, loaded);
        bp_net_destroy(loaded);
        free(file.bytes);
    }
    free(good.bytes);
    bp_net_destroy(net);
}

/* A newer minor version may have names and tensors that this version does not know. */
static void a_newer_minor_version_may_have_more(void **state)
{
    (void)state;
    any_need(BP_F32);
    bp_net *net = files_small_net(BP_F32), *loaded = NULL;
    const struct file good = files_save(net);
    struct file file = files_edit(
        good, "[52,60]}", "[52,60]},\"optimizer.0\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[60,68]}");
    struct file newer = files_edit(file, "\"1.0\"", "\"1.1\",\"bp.new\":\"?\"");
    newer.bytes = realloc(newer.bytes, newer.size + 8);
    assert_non_null(newer.bytes);
    memset(newer.bytes + newer.size, 0, 8);
    newer.size += 8;
    any_ok(bp_net_load_memory(&loaded, newer.bytes, newer.size, NULL));
    files_same_nets(net, loaded);
    bp_net_destroy(loaded);
    free(newer.bytes);
    free(file.bytes);
    free(good.bytes);
    bp_net_destroy(net);
}

/* ---- headers of their own */

/* Bytes that the library has allocated, and the most that it ever had. */
struct meter {
    size_t now, most;
};

static void *metered(void *user, size_t size)
{
    struct meter *meter = user;
    meter->now += size;
    meter->most = meter->now > meter->most ? meter->now : meter->most;
    return malloc(size);
}

static void unmetered(void *user, void *memory, size_t size)
{
    struct meter *meter = user;
    meter->now -= size;
    free(memory);
}

enum way { BY_PATH, FROM_MEMORY, WAYS };

/* Only the memory of a load from memory can be counted. */
static bp_status load(enum way way, const char *path, struct file file, const bp_allocator *allocator, bp_net **net)
{
    return way == BY_PATH ? bp_net_load(net, path) : bp_net_load_memory(net, file.bytes, file.size, allocator);
}

static struct file repeated(const char *start, const char *part, size_t times, const char *end)
{
    const size_t a = strlen(start), b = strlen(part), c = strlen(end);
    char *header = malloc(a + b * times + c + 1);
    assert_non_null(header);
    memcpy(header, start, a);
    for (size_t i = 0; i < times; i++)
        memcpy(header + a + i * b, part, b);
    memcpy(header + a + b * times, end, c + 1);
    const struct file file = files_of_header(header, 0);
    free(header);
    return file;
}

static void large_headers_are_refused_within_the_memory_of_the_file(void **state)
{
    enum { MANY = 300000, MEGABYTES = 10000000 };
    static const struct {
        const char *name, *start, *part, *end;
        size_t times;
        const char *sentence;
    } rows[] = {
        {"brackets", "{\"a\":", "[", "", MANY, "deeper than 3"},
        {"objects", "", "{\"a\":", "", MANY, "deeper than 3"},
        {"a name of 10 MB", "{\"", "x", "\":{}}", MEGABYTES, "more than 1024 bytes"},
        {"a text of 10 MB", "{\"__metadata__\":{\"bp.format\":\"", "1", "\"}}", MEGABYTES, "more than 65536 bytes"},
        {"a list without end", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[", "1,", "1]}}", MANY,
         "a tensor of at most 1024 bytes"},
        {"the same name over and over", "{\"__metadata__\":{", "\"a\":\"\",", "\"a\":\"\"}}", MANY,
         "more than 131072 names"},
        {"the same name, often", "{\"__metadata__\":{", "\"a\":\"\",", "\"a\":\"\"}}", MANY / 3, "\"a\" comes twice"},
        {"tensors over and over", "{", "\"a\":1,", "\"a\":1}", MANY, "more than 131072 names"},
        {"backslashes", "{\"__metadata__\":{\"a\":\"", "\\", "\"}}", MANY + 1, "a text without a closing quote"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct file file = repeated(rows[i].start, rows[i].part, rows[i].times, rows[i].end);
        struct meter meter = {0};
        const bp_allocator allocator = {sizeof(allocator), &meter, metered, unmetered};
        bp_net *net = NULL;
        const bp_status status = bp_net_load_memory(&net, file.bytes, file.size, &allocator);
        if (status != BP_ERR_FORMAT || !strstr(bp_last_error(), rows[i].sentence))
            fail_msg("%s: %d, %s", rows[i].name, (int)status, bp_last_error());
        if (meter.most > file.size + (1 << 20))
            fail_msg("%s: %zu bytes of memory for a file of %zu", rows[i].name, meter.most, file.size);
        bp_net_destroy(net);
        assert_int_equal(meter.now, 0);
        free(file.bytes);
    }
}

/* ---- files that are named */

/* Known attacks on readers of files. Each has a heading in the README.md of the folder, with files or tests. */
static const char *const attacks[] = {
    "product of dimensions overflows",
    "rank above the array",
    "a count checked and another used",
    "declared size beyond the file",
    "huge allocation before proof of data",
    "zero or huge layer",
    "index or enumeration out of range",
    "truncation at every byte",
    "deep nesting",
    "duplicate keys",
    "overlapping, gapped or trailing data",
    "negative, fractional or exponent numbers",
    "NaN and infinity in the payload",
    "wrong magic, wrong endianness, newer version",
    "names with NUL, invalid UTF-8, or ten megabytes",
    "a symbolic link or folder as the path",
    "a file that shrinks while it is read",
};

enum { ATTACKS = sizeof(attacks) / sizeof(attacks[0]), CELLS = 3, NAME = 128 };

#define FOLDER "attacks"
#define ENDING ".safetensors"

/* A row of a table in that README.md: name, status, part of the sentence. */
struct row {
    const char *cell[CELLS];
};

static const struct {
    const char *name;
    bp_status status;
} statuses[] = {
    {"BP_OK", BP_OK},
    {"BP_ERR_FORMAT", BP_ERR_FORMAT},
    {"BP_ERR_UNSUPPORTED", BP_ERR_UNSUPPORTED},
    {"BP_ERR_NONFINITE", BP_ERR_NONFINITE},
    {"BP_ERR_IO", BP_ERR_IO},
};

static bp_status status_of(const char *name)
{
    size_t i = 0;
    while (i < sizeof(statuses) / sizeof(statuses[0]) && strcmp(name, statuses[i].name) != 0)
        i++;
    if (i == sizeof(statuses) / sizeof(statuses[0]))
        fail_msg("%s is no status", name);
    return statuses[i].status;
}

/* Whether a load ended as the row says. `made` is the beginning of its sentence: the function, and the file. */
static bool is_as_expected(const struct row *row, bp_status status, const char *made)
{
    const char *part = row->cell[2], *sentence = bp_last_error();
    if (status == BP_ERR_UNSUPPORTED && !dtype_built(BP_F64) && strcmp(row->cell[0], "dtype-of-tensors") == 0)
        return true; /* it needs a number type that was not built, and is refused for that */
    if (sizeof(size_t) < 8 && status == BP_ERR_FORMAT &&
        (strstr(sentence, "has more numbers than can be counted") ||
         strstr(sentence, "no net can have this number of inputs")))
        return true; /* sizes of 32 bits: it is refused for its first number that is too large for them */
    const bool named = status == BP_OK || (*part && strncmp(sentence, made, strlen(made)) == 0);
    if (status == status_of(row->cell[1]) && named && strstr(sentence, part))
        return true;
    print_error("%s: %s... %d, %s\n", row->cell[0], made, (int)status, sentence);
    return false;
}

/* A refused file takes no more memory than its own size and a MiB, and all of it is released. */
static bool loads_as_expected(const struct row *row, enum way way, struct file file, const bp_net *good)
{
    static const char *const made[WAYS] = {"bp_net_load: ", "bp_net_load_memory: "};
    struct meter meter = {0};
    const bp_allocator allocator = {sizeof(allocator), &meter, metered, unmetered};
    char name[NAME], place[NAME + 8];
    snprintf(name, sizeof(name), FOLDER "/%s" ENDING, row->cell[0]);
    snprintf(place, sizeof(place), "%s: ", name + sizeof(FOLDER));
    bp_net *net = NULL;
    const bp_status status = load(way, files_path(name), file, &allocator, &net);
    bool as_expected = is_as_expected(row, status, made[way]);
    if (status == BP_OK)
        files_same_nets(good, net);
    else if ((way == BY_PATH && !strstr(bp_last_error(), place)) || meter.most > file.size + (1 << 20)) {
        print_error("%s: %zu bytes of memory, %s\n", row->cell[0], meter.most, bp_last_error());
        as_expected = false;
    }
    bp_net_destroy(net);
    assert_int_equal(meter.now, 0);
    return as_expected;
}

/* The file as weights for an existing net, which stays as it was if they are refused. */
static bool is_no_harm_as_weights(const struct row *row, const bp_net *good)
{
    char name[NAME];
    bp_net *net = NULL;
    snprintf(name, sizeof(name), FOLDER "/%s" ENDING, row->cell[0]);
    any_ok(bp_net_clone(&net, good));
    const bp_status status = bp_net_load_weights(net, files_path(name), NULL);
    const bool named = status == BP_OK || strstr(bp_last_error(), ENDING ": ");
    if (status != BP_OK)
        files_same_nets(good, net);
    else
        assert_false(any_is_fresh(net));
    bp_net_destroy(net);
    return named;
}

static bool try_row(const struct row *row, const bp_net *good)
{
    char name[NAME];
    struct stat seen;
    snprintf(name, sizeof(name), FOLDER "/%s" ENDING, row->cell[0]);
    const char *path = files_path(name);
    if (lstat(path, &seen) != 0)
        fail_msg("there is no %s", path);
    const bool regular = S_ISREG(seen.st_mode); /* else there are no bytes to be had */
    const struct file file = regular ? files_read(name) : (struct file){NULL, 0};
    bool as_expected = is_no_harm_as_weights(row, good);
    for (enum way way = BY_PATH; way < (regular ? WAYS : FROM_MEMORY); way++)
        as_expected = loads_as_expected(row, way, file, good) && as_expected;
    free(file.bytes);
    return as_expected;
}

/* The cell without the blanks around it, and without its backquotes. */
static char *trimmed(char *text)
{
    text += strspn(text, " ");
    size_t size = strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size > 1 && text[0] == '`' && text[size - 1] == '`') {
        text++;
        size -= 2;
    }
    text[size] = '\0';
    return text;
}

static bool read_row(char *line, struct row *row)
{
    char *rest = line + 1;
    for (size_t i = 0; i < CELLS; i++) {
        char *end = strchr(rest, '|');
        if (!end)
            return false;
        *end = '\0';
        row->cell[i] = trimmed(rest);
        rest = end + 1;
    }
    return strcmp(row->cell[0], "file") != 0 && strspn(row->cell[0], "-") == 0;
}

/* "- `tests/test_files.c: name`": there is such a test. */
static void find_test(char *line)
{
    char path[NAME], *source = trimmed(line + 1), *name = strstr(source, ": ");
    if (!name)
        fail_msg("%s names no test", source);
    *name = '\0';
    snprintf(path, sizeof(path), "../../../%s", source);
    const struct file text = files_read(path);
    snprintf(path, sizeof(path), "unit_test(%s)", name + 2);
    const char *found = strstr((const char *)text.bytes, path);
    if (!found) {
        snprintf(path, sizeof(path), "ANY_BOTH(%s)", name + 2);
        found = strstr((const char *)text.bytes, path);
    }
    if (!found)
        fail_msg("%s has no test %s", source, name + 2);
    free(text.bytes);
}

static void each_attack_is_refused_by_a_status_and_a_sentence_that_names_the_place(void **state)
{
    struct file page = files_read(FOLDER "/README.md");
    size_t shown[ATTACKS + 1] = {0}, attack = ATTACKS, wrong = 0; /* the last: of no attack in the list */
    char *rest = NULL;
    bp_net *good = NULL;
    (void)state;
    any_need(BP_F32);
    any_ok(bp_net_load(&good, files_path(FOLDER "/good" ENDING)));
    for (char *line = strtok_r((char *)page.bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        struct row row;
        if (strncmp(line, "## ", 3) == 0)
            for (attack = 0; attack < ATTACKS && strcmp(line + 3, attacks[attack]) != 0;)
                attack++;
        else if (*line == '|' && read_row(line, &row)) {
            wrong += !try_row(&row, good);
            shown[attack]++;
        } else if (*line == '-') {
            find_test(line);
            shown[attack]++;
        }
    }
    for (size_t i = 0; i < ATTACKS; i++)
        if (shown[i] == 0)
            fail_msg("nothing shows: %s", attacks[i]);
    assert_int_equal(wrong, 0);
    bp_net_destroy(good);
    free(page.bytes);
}

static void each_file_of_the_attacks_has_its_row(void **state)
{
    const struct file page = files_read(FOLDER "/README.md");
    DIR *entries = opendir(files_path(FOLDER));
    const struct dirent *entry;
    size_t files = 0;
    (void)state;
    assert_non_null(entries);
    while ((entry = readdir(entries))) {
        char start[sizeof(entry->d_name) + 8];
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "README.md") == 0)
            continue;
        snprintf(start, sizeof(start), "\n| %s", entry->d_name);
        char *ending = strstr(start, ENDING);
        if (!ending)
            fail_msg("%s is no model file", entry->d_name);
        memcpy(ending, " | ", sizeof(" | "));
        if (!strstr((const char *)page.bytes, start))
            fail_msg("%s has no row", entry->d_name);
        files++;
    }
    closedir(entries);
    free(page.bytes);
    assert_true(files > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attack_is_refused_by_a_status_and_a_sentence_that_names_the_place),
        cmocka_unit_test(each_file_of_the_attacks_has_its_row),
        cmocka_unit_test(large_headers_are_refused_within_the_memory_of_the_file),
        cmocka_unit_test(what_a_file_may_have),
        cmocka_unit_test(a_newer_minor_version_may_have_more),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
