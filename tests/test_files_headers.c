/* SPDX-License-Identifier: MIT
 *
 * The limits of the rules for a header: each place where a text may end, and each byte that is just allowed there, or
 * just not. */
#include "files_fixture.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT BP_ERR_FORMAT
#define SIXTY "000000000000000000000000000000000000000000000000000000000000"

/* ---- headers of their own */

static void each_header_has_its_sentence(void **state)
{
    static const struct {
        const char *name, *header;
        size_t size; /* 0: up to its NUL */
        const char *sentence;
    } rows[] = {
        /* where the text ends */
        {"the end after a backslash", "{\"__metadata__\":{\"a\":\"\\", 0, "an unknown escape"},
        {"the end in an escape's digits", "{\"__metadata__\":{\"a\":\"\\u00", 0, "without four digits"},
        {"the end between halves", "{\"__metadata__\":{\"a\":\"\\ud800", 0, "half of a surrogate pair"},
        {"the end after half an escape", "{\"__metadata__\":{\"a\":\"\\ud800\\", 0, "half of a surrogate pair"},
        {"the end of a number", "{\"a\":12", 0, "the end of the header inside an object or a list"},
        {"the end after a colon", "{\"a\":", 0, "something that is not an object, list, text or whole number"},
        {"the end in a name", "{\"a", 0, "a text without a closing quote"},
        {"the end in a character", "{\"__metadata__\":{\"a\":\"\xc3", 0, "not UTF-8"},
        /* a NUL, which is no end */
        {"a NUL in a name", "{\"a\0b\":1}", 9, "byte 3: a text with a NUL"},
        {"a NUL after a backslash", "{\"__metadata__\":{\"a\":\"\\\0\"}}", 26, "an unknown escape"},
        {"a NUL after a number", "{\"a\":1\0}", 8, "neither a comma nor a closing bracket"},
        {"a NUL behind the object", "{}\0", 3, "byte 2: more bytes after the end"},
        /* escapes */
        {"a letter beyond the digits", "{\"__metadata__\":{\"a\":\"\\u12g4\"}}", 0, "without four digits"},
        {"a sign among the digits", "{\"__metadata__\":{\"a\":\"\\u12@4\"}}", 0, "without four digits"},
        {"another escape after a half", "{\"__metadata__\":{\"a\":\"\\ud800\\n\"}}", 0, "half of a surrogate pair"},
        {"a second half of no digits", "{\"__metadata__\":{\"a\":\"\\ud800\\uzzzz\"}}", 0, "without four digits"},
        {"a second half below", "{\"__metadata__\":{\"a\":\"\\ud800\\udbff\"}}", 0, "half of a surrogate pair"},
        {"a second half beyond", "{\"__metadata__\":{\"a\":\"\\udbff\\ue000\"}}", 0, "half of a surrogate pair"},
        /* what is no tensor, and no metadata */
        {"a number at the end", "{\"a\":1}", 0, "\"a\" is not a tensor of dtype"},
        {"a text for a tensor", "{\"a\":\"1\"}", 0, "\"a\" is not a tensor of dtype"},
        {"a number for metadata", "{\"__metadata__\":1}", 0, "__metadata__ is no object"},
        {"a name as long as that of the metadata", "{\"__metadata_x\":{}}", 0, "\"__metadata_x\" is not a tensor"},
        {"a list for metadata", "{\"__metadata__\":[]}", 0, "__metadata__ is no object"},
        {"an object among metadata", "{\"__metadata__\":{\"a\":{}}}", 0, "\"a\" in __metadata__ is no text"},
        {"no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"x\":1}}", 0, "a tensor of dtype, shape and"},
        {"two parts without a shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 0,
         "a tensor of dtype, shape and"},
        {"no dtype", "{\"a\":{\"data_offsets\":[0,4],\"shape\":[1]}}", 0, "a tensor of dtype, shape and"},
        {"no offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, "a tensor of dtype, shape and"},
        {"a list in a shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[1,[1]]}}", 0,
         "deeper than 3"},
        {"nine numbers for a shape",
         "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[1, 1,1,1,1,1,1,1 ,1]}}", 0,
         "a shape of at most 8"},
        {"three offsets", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4,8],\"shape\":[1]}}", 0, "data_offsets of 2"},
        {"one offset", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[4],\"shape\":[1]}}", 0, "data_offsets of 2"},
        {"a long dtype", "{\"a\":{\"dtype\":\"F3232323\",\"data_offsets\":[0,4],\"shape\":[1]}}", 0,
         "is a text that is too long"},
        {"two shapes", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4],\"shape\":[1]}}", 0,
         "\"a\" has \"shape\" twice"},
        {"a number for a shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":1}}", 0,
         "a shape of at most 8 whole numbers"},
        {"a text in a shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[\"1\"]}}", 0,
         "a shape of at most 8 whole numbers"},
        {"no metadata", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[1]}}", 0,
         "has 0 bytes after the header, and its tensors take 4"},
    };
    char sentence[256];
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const size_t size = rows[i].size ? rows[i].size : strlen(rows[i].header);
        struct file file = files_of_header("", size);
        file.bytes[0] = (unsigned char)size; /* none has more than 255 */
        memcpy(file.bytes + FILES_START, rows[i].header, size);
        const bp_status status = files_try(file, sentence, sizeof(sentence));
        if (status != FORMAT || !strstr(sentence, rows[i].sentence)) {
            print_error("%s: %d, %s\n", rows[i].name, (int)status, sentence);
            wrong++;
        }
        free(file.bytes);
    }
    assert_int_equal(wrong, 0);
}

/* ---- changes to a good one */

struct change {
    const char *name, *old, *new;
    const char *sentence; /* NULL: the net is as it was */
};

static const struct change changes[] = {
    {"every blank", "[3,2]", "\r[\n3\t,2 ]", NULL},
    {"every blank between members", ",\"layers.0.weight\":", "\r\n\t ,\r\n\t \"layers.0.weight\"\r\n\t :\r\n\t ", NULL},
    {"capital digits of an escape", "leaky_relu", "leaky\\u005Frelu", NULL},
    {"a first and a last pair", "\"bp.fresh\"", "\"a\":\"\\ud800\\udc00\\uDBFF\\uDFFF\",\"bp.fresh\"", NULL},
    {"short names of other programs", "\"bp.fresh\"", "\"\":\"\",\"b\":\"\",\"bp\":\"\",\"bp.fresh\"", NULL},
    {"a number of 63 digits", "\"0.25 3\"", "\"0.25 3." SIXTY "0\"", NULL},
    {"a number of 64", "\"0.25 3\"", "\"0.25 3." SIXTY "00\"", "number 1 of 2 is \"3.0"},
    {"two numbers without a blank", "\"0.25 3\"", "\"0.2500" SIXTY "3\"", "number 0 of 2 is \"0.25"},
    {"a number cut where it is still one", "\"0.25 3\"", "\"" SIXTY "0.253\"", "number 0 of 2 is \"00"},
    {"no digits", "\"bp.seed\":\"1\"", "\"bp.seed\":\"\"", "bp.seed is \"\": it must be a whole number"},
    {"a number of 2^64", "\"bp.seed\":\"1\"", "\"bp.seed\":\"18446744073709551616\"",
     "bp.seed is \"18446744073709551616\": it must be less than 2^64"},
    {"more numbers than columns", "\"0.25 3\"", "\"0.25 3 7\"", "bp.input.scaling.factor has more than 2 numbers"},
    {"a blank behind the numbers", "\"0.25 3\"", "\"0.25 3 \"", "bp.input.scaling.factor has more than 2 numbers"},
    {"no number", "\"bp.option.beta1\":\"0.9\"", "\"bp.option.beta1\":\"\"", "beta1 is \"\": it must be a number"},
    {"a factor without its center", "\"bp.input.scaling.center\"", "\"center\"",
     "its metadata have bp.input.scaling.factor, but not bp.input.scaling.center"},
    {"a center without its factor", "\"bp.input.scaling.factor\"", "\"factor\"",
     "its metadata have bp.input.scaling.center, but not bp.input.scaling.factor"},
    {"an option of the machine", "\"bp.fresh\"", "\"bp.option.threads\":\"2\",\"bp.fresh\"",
     "its metadata have \"bp.option.threads\", which format 1.0 does not know"},
    {"a version that begins with a dot", "\"1.0\"", "\".1\"", "must be two numbers"},
    {"a version of nothing", "\"1.0\"", "\"\"", "must be two numbers"},
    {"a version of nine digits", "\"1.0\"", "\"1.000000000\"", NULL},
    {"a version of ten", "\"1.0\"", "\"1.0000000000\"", "must be two numbers"},
    {"a version with a letter", "\"1.0\"", "\"1.b\"", "must be two numbers"},
    {"a version with a sign", "\"1.0\"", "\"1.+0\"", "must be two numbers"},
};

static void each_change_has_its_sentence_or_none(void **state)
{
    (void)state;
    any_need(BP_F32);
    bp_net *net = files_small_net(BP_F32);
    const struct file good = files_save(net);
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const struct change *change = &changes[i];
        const struct file file = files_edit(good, change->old, change->new);
        bp_net *loaded = NULL;
        const bp_status status = bp_net_load_memory(&loaded, file.bytes, file.size, NULL);
        const bp_status wanted = change->sentence ? FORMAT : BP_OK;
        if (status != wanted || (change->sentence && !strstr(bp_last_error(), change->sentence))) {
            print_error("%s: %d, %s\n", change->name, (int)status, bp_last_error());
            wrong++;
        } else if (status == BP_OK)
            files_same_nets(net, loaded);
        bp_net_destroy(loaded);
        free(file.bytes);
    }
    assert_int_equal(wrong, 0);
    free(good.bytes);
    bp_net_destroy(net);
}

/* Every escape of JSON, and characters of one to four bytes. */
static void a_text_comes_out_as_what_its_escapes_stand_for(void **state)
{
    static const char escaped[] =
        "\"bp.class.0.name\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\\u20AC\\uFF01\\uD83d\\udC27~",
                      plain[] = "\"\\/\b\f\n\r\tA\xc3\xa4\xe2\x82\xac\xef\xbc\x81\xf0\x9f\x90\xa7~no";
    bp_net *net = files_small_net(any_dtype(state)), *loaded = NULL;
    const struct file good = files_save(net), file = files_edit(good, "\"bp.class.0.name\":\"", escaped);
    any_ok(bp_net_load_memory(&loaded, file.bytes, file.size, NULL));
    assert_string_equal(bp_net_name(loaded, BP_TEXT_CLASS, 0), plain);
    bp_net_destroy(loaded);
    free(file.bytes);
    free(good.bytes);
    bp_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_header_has_its_sentence),
        cmocka_unit_test(each_change_has_its_sentence_or_none),
        ANY_BOTH(a_text_comes_out_as_what_its_escapes_stand_for),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
