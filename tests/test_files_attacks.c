/* SPDX-License-Identifier: MIT
 *
 * Hostile files: each attack is a change to a good file's header, or a header of its own, and has its status and sentence. */
#include "files_fixture.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* In the header of files_small_net(BP_F32) `old` becomes `new`. */
struct change {
    const char *name, *old, *new;
    bp_status status;
    const char *sentence;
};

#define W0 "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}"
#define B0 "\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}"
#define B2 "\"layers.2.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[52,60]}"
#define FORMAT BP_ERR_FORMAT

static const struct change changes[] = {
    /* sizes */
    {"a product of dimensions that overflows", "[3,2]", "[4294967296,4294967296,16]", FORMAT, "more numbers than"},
    {"a product of bytes that overflows", "[3,2]", "[4611686018427387904,1]", FORMAT, "18 digits"},
    {"more bytes than a size counts", "[3,2]", "[900000000000000000,5]", FORMAT, "takes 18000000000000000000"},
    {"a huge layer", "[3,2]", "[99999999999,2]", FORMAT, "takes 799999999992 bytes, but its data_offsets are 0 to 24"},
    {"a huge layer that says so twice", W0,
     "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[1000000000,1000],"
     "\"data_offsets\":[0,4000000000000]}",
     FORMAT, "\"layers.0.bias\" begins at 24, and the one before it ends at 40000"},
    {"more data than the file has", "[2],\"data_offsets\":[52,60]", "[4000000],\"data_offsets\":[52,16000052]", FORMAT,
     "60 bytes follow the header, and its tensors take 16000052"},
    {"less data than the file has", "," B2, "", FORMAT, "60 bytes follow the header, and its tensors take 52"},
    {"a layer of 0 units", "[3,2],\"data_offsets\":[0,24]", "[0,2],\"data_offsets\":[0,0]", FORMAT, "a dimension of 0"},
    {"more dimensions than there is room for", "[3,2]", "[3,2,1,1,1,1,1,1,1]", FORMAT, "at most 8 whole numbers"},
    {"a tensor of another rank", "[3,2]", "[3,2,1]", FORMAT, "has 3 dimensions, where the layer has 2"},
    {"a tensor without dimensions", "[3,2],\"data_offsets\":[0,24]", "[],\"data_offsets\":[0,4]", FORMAT,
     "begins at 24"},
    {"a layer turned", "[3,2]", "[2,3]", FORMAT, "is [2, 3], where the layer has [2, 2]"},
    {"more inputs than weights", "\"bp.inputs\":\"2\"", "\"bp.inputs\":\"200\"", FORMAT,
     "where the layer has [3, 200]"},
    {"inputs that overflow", "\"bp.inputs\":\"2\"", "\"bp.inputs\":\"18446744073709551615\"", FORMAT,
     "there cannot be"},
    {"inputs beyond 64 bits", "\"bp.inputs\":\"2\"", "\"bp.inputs\":\"18446744073709551616\"", FORMAT,
     "less than 2^64"},
    {"no inputs", "\"bp.inputs\":\"2\"", "\"bp.inputs\":\"0\"", FORMAT, "bp.inputs is 0"},
    {"a negative count of inputs", "\"bp.inputs\":\"2\"", "\"bp.inputs\":\"-2\"", FORMAT, "whole number in digits"},
    {"more layers than there are", "\"bp.layers\":\"3\"", "\"bp.layers\":\"4\"", FORMAT, "do not tell bp.layer.3.kind"},
    {"layers without end", "\"bp.layers\":\"3\"", "\"bp.layers\":\"18446744073709551615\"", FORMAT, "bp.layer.3.kind"},
    {"fewer layers than there are", "\"bp.layers\":\"3\"", "\"bp.layers\":\"1\"", FORMAT,
     "\"layers.2.weight\" belongs to no"},
    {"no layer", "\"bp.layers\":\"3\"", "\"bp.layers\":\"0\"", FORMAT, "belongs to no layer"},
    {"dropout on top", "\"bp.layers\":\"3\"", "\"bp.layers\":\"2\"", FORMAT, "belongs to no layer"},
    /* offsets */
    {"tensors that overlap", "[24,28]", "[20,24]", FORMAT,
     "\"layers.0.bias\" begins at 20, and the one before it ends at 24"},
    {"a gap between tensors", "[24,28]", "[28,32]", FORMAT, "begins at 28, and the one before it ends at 24"},
    {"tensors in another order", W0 "," B0, B0 "," W0, FORMAT, "begins at 24, and the one before it ends at 0"},
    {"offsets backwards", "[24,28]", "[28,24]", FORMAT, "data_offsets are 28 to 24"},
    {"an offset too few", "[24,28]", "[24]", FORMAT, "data_offsets of 2 whole numbers"},
    {"an offset too many", "[24,28]", "[24,28,30]", FORMAT, "data_offsets of 2 whole numbers"},
    {"offsets beyond 64 bits", "[24,28]", "[24,99999999999999999999]", FORMAT, "more than 18 digits"},
    /* numbers */
    {"a negative number", "[24,28]", "[-24,28]", FORMAT, "a negative number"},
    {"a fraction", "[24,28]", "[24.0,28]", FORMAT, "a fraction or an exponent"},
    {"an exponent", "[24,28]", "[24,28e0]", FORMAT, "a fraction or an exponent"},
    {"a number that begins with 0", "[24,28]", "[024,28]", FORMAT, "begins with 0"},
    {"a number as text", "[24,28]", "[\"24\",28]", FORMAT, "data_offsets of 2 whole numbers"},
    {"true for a number", "[24,28]", "[true,28]", FORMAT, "no object, list, text or whole number"},
    {"NaN for a number", "[24,28]", "[NaN,28]", FORMAT, "no object, list, text or whole number"},
    {"infinity in an option", "\"bp.layer.0.slope\":\"0.01\"", "\"bp.layer.0.slope\":\"inf\"", FORMAT,
     "must be a number"},
    {"1e999 in an option", "\"bp.layer.0.slope\":\"0.01\"", "\"bp.layer.0.slope\":\"1e999\"", FORMAT,
     "must be a number"},
    /* names */
    {"a name twice", "\"bp.fresh\":\"1\"", "\"bp.fresh\":\"1\",\"bp.fresh\":\"1\"", FORMAT, "\"bp.fresh\" comes twice"},
    {"a tensor twice", B0, B0 "," B0, FORMAT, "\"layers.0.bias\" comes twice"},
    {"two objects of metadata", W0, "\"__metadata__\":{}," W0, FORMAT, "\"__metadata__\" comes twice"},
    {"a name twice within a tensor", "[24,28]", "[24,28],\"dtype\":\"F32\"", FORMAT, "\"layers.0.bias\": "},
    {"an escape in a name", "\"bp.fresh\"", "\"bp.fres\\u0068\"", FORMAT, "a name with an escape"},
    {"a NUL in a text", "\"bp.fresh\":\"1\"", "\"bp.fresh\":\"1\\u0000\"", FORMAT, "a text with a NUL"},
    {"a NUL in a column's name", "\\\"b\"", "\\u0000b\"", FORMAT, "a text with a NUL"},
    {"text that is not UTF-8", "\xc3\xa4", "\xc3", FORMAT, "not UTF-8"},
    {"an overlong form", "\xc3\xa4", "\xc0\x80", FORMAT, "not UTF-8"},
    {"half of a pair", "\xc3\xa4", "\\ud800", FORMAT, "half of a surrogate pair"},
    {"the other half of a pair", "\xc3\xa4", "\\udc00", FORMAT, "half of a surrogate pair"},
    {"two first halves", "\xc3\xa4", "\\ud800\\ud800", FORMAT, "half of a surrogate pair"},
    {"an escape that there is not", "\xc3\xa4", "\\x41", FORMAT, "an escape that there is not"},
    {"an escape too short", "\xc3\xa4", "\\u12", FORMAT, "without its four digits"},
    {"a control character", "\xc3\xa4", "\x01", FORMAT, "a control character"},
    {"a name that format 1.0 has not", "\"bp.fresh\":\"1\"", "\"bp.frehs\":\"1\"", FORMAT,
     "\"bp.frehs\", which format 1.0"},
    {"a column that there is not", "\"bp.input.1.name\"", "\"bp.input.2.name\"", FORMAT, "\"bp.input.2.name\", which"},
    {"a layer that there is not", "\"bp.layer.0.slope\"", "\"bp.layer.9.slope\"", FORMAT,
     "\"bp.layer.9.slope\", which"},
    {"a tensor that no layer has", B2, B2 ",\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[60,64]}", FORMAT,
     "60 bytes follow the header, and its tensors take 64"},
    {"a tensor of another name", "\"layers.2.bias\"", "\"layers.2.bais\"", FORMAT,
     "there is no tensor \"layers.2.bias\""},
    {"a tensor of dropout", "\"layers.2.bias\"", "\"layers.1.bias\"", FORMAT, "there is no tensor \"layers.2.bias\""},
    /* enumerations and options */
    {"an activation that there is not", "\"leaky_relu\"", "\"leaky\"", FORMAT,
     "is \"leaky\", which is none of its values"},
    {"an activation by number", "\"leaky_relu\"", "\"1050\"", FORMAT, "is \"1050\", which is none"},
    {"no activation", "\"bp.layer.0.activation\":\"leaky_relu\",", "", FORMAT, "do not tell bp.layer.0.activation"},
    {"a kind that there is not", "\"bp.layer.0.kind\":\"dense\"", "\"bp.layer.0.kind\":\"conv\"", FORMAT,
     "is \"conv\""},
    {"another kind", "\"bp.layer.0.kind\":\"dense\"", "\"bp.layer.0.kind\":\"dropout\"", FORMAT,
     "tell bp.layer.0.rate"},
    {"a bias that there is not", "\"shared\"", "\"share\"", FORMAT, "is \"share\", which is none"},
    {"another bias", "\"shared\"", "\"unit\"", FORMAT, "\"layers.0.bias\" is [1], where the layer has [3]"},
    {"no bias", "\"shared\"", "\"none\"", FORMAT, "\"layers.0.bias\" belongs to no layer"},
    {"a rate out of bounds", "\"bp.layer.1.rate\":\"0.25\"", "\"bp.layer.1.rate\":\"1\"", FORMAT,
     "bp.layer.1.rate: rate is 1: it must be 0 to 0.99"},
    {"a switch that is neither", "\"bp.layer.0.train_bias\":\"1\"", "\"bp.layer.0.train_bias\":\"0.5\"", FORMAT,
     "train_bias is 0.5: it must be a whole number"},
    {"an initialiser that is not for biases", "\"bp.layer.0.bias_init\":\"auto\"",
     "\"bp.layer.0.bias_init\":\"he_normal\"", FORMAT, "bias_init is 4080: it must be 4000 to 4040"},
    {"an option out of bounds", "\"bp.option.beta1\":\"0.9\"", "\"bp.option.beta1\":\"1\"", FORMAT,
     "bp.option.beta1: "},
    {"a loss that there is not", "\"cross_entropy\"", "\"cross\"", FORMAT, "bp.option.loss is \"cross\""},
    {"threads that a file asks for", "\"bp.option.raw\"", "\"bp.option.threads\":\"4096\",\"bp.option.raw\"", FORMAT,
     "\"bp.option.threads\", which format"},
    {"fresh that is neither", "\"bp.fresh\":\"1\"", "\"bp.fresh\":\"2\"", FORMAT, "bp.fresh is neither 0 nor 1"},
    {"a seed that is no number", "\"bp.seed\":\"1\"", "\"bp.seed\":\"0x1\"", FORMAT, "bp.seed is \"0x1\""},
    {"a text longer than any value", "\"bp.seed\":\"1\"",
     "\"bp.seed\":\"1111111111111111111111111111111111111111111111111111111111111111111111\"", FORMAT,
     "so short a text"},
    {"numbers too few", "\"0.25 3\"", "\"0.25\"", FORMAT, "bp.input.scaling.factor: number 1 of 2 is \"\""},
    {"numbers too many", "\"0.25 3\"", "\"0.25 3 4\"", FORMAT, "has more than 2 numbers"},
    {"a blank too many", "\"0.25 3\"", "\"0.25 3 \"", FORMAT, "has more than 2 numbers"},
    {"no number among numbers", "\"0.25 3\"", "\"0.25 x\"", FORMAT, "number 1 of 2 is \"x\""},
    {"an escape among numbers", "\"0.25 3\"", "\"0.25\\u00203\"", FORMAT, "number 0 of 2 is"},
    {"half of a scaling", "\"bp.input.scaling.center\"", "\"other\"", FORMAT, "tell bp.input.scaling.factor, but not"},
    /* types and versions */
    {"another number type", "\"dtype\":\"F32\"", "\"dtype\":\"F16\"", BP_ERR_UNSUPPORTED,
     "is of F16: only F32 and F64"},
    {"a number type that there is not", "\"dtype\":\"F32\"", "\"dtype\":\"F32 \"", BP_ERR_UNSUPPORTED,
     "is of F32 : only"},
    {"a type that is no text", "\"dtype\":\"F32\"", "\"dtype\":32", FORMAT, "not a tensor of dtype"},
    {"types that differ", "\"bp.dtype\":\"f32\"", "\"bp.dtype\":\"f64\"", FORMAT, NULL},
    {"no type", "\"bp.dtype\":\"f32\"", "\"bp.dtype\":\"\"", FORMAT, "bp.dtype is \"\": it must be f32 or f64"},
    {"a newer major version", "\"1.0\"", "\"2.0\"", BP_ERR_UNSUPPORTED, "is of format 2.0: this libbp, "},
    {"version 0", "\"1.0\"", "\"0.9\"", BP_ERR_UNSUPPORTED, "is of format 0.9"},
    {"no version", "\"1.0\"", "\"1\"", FORMAT, "must be two numbers"},
    {"half a version", "\"1.0\"", "\"1.\"", FORMAT, "must be two numbers"},
    {"too much of a version", "\"1.0\"", "\"1.0.0\"", FORMAT, "must be two numbers"},
    {"a version beyond counting", "\"1.0\"", "\"1.9999999999\"", FORMAT, "must be two numbers"},
    {"a version of another program", "\"bp.format\"", "\"format\"", FORMAT, "is no model file of libbp"},
    /* the form */
    {"metadata that are no object", "\"bp.fresh\":\"1\"", "\"bp.fresh\":{}", FORMAT,
     "\"bp.fresh\" in __metadata__ is no text"},
    {"a tensor that is no object", W0, "\"layers.0.weight\":[0,24]", FORMAT,
     "not a tensor of dtype, shape and data_offsets"},
    {"a tensor with more to it", "\"shape\":[3,2]", "\"shape\":[3,2],\"x\":1", FORMAT,
     "not a tensor of dtype, shape and"},
    {"deep nesting", "[3,2]", "[[[[[[[[3]]]]]]]]", FORMAT, "deeper than 3"},
    {"deep objects", "[3,2]", "{\"a\":{\"a\":{}}}", FORMAT, "deeper than 3"},
    {"a comma too many", "[3,2]", "[3,2,]", FORMAT, "no object, list, text or whole number"},
    {"a comma too few", "\"dtype\":\"F32\",", "\"dtype\":\"F32\"", FORMAT, "neither a comma nor the end"},
    {"no colon", "\"bp.fresh\":", "\"bp.fresh\" ", FORMAT, "no colon after a name"},
    {"a comment", "[3,2]", "[3,2]/**/", FORMAT, "neither a comma nor the end"},
    {"more behind the object", "[52,60]}}", "[52,60]}}{}", FORMAT, "more after the end of the object"},
    {"an end too few", "[52,60]}}", "[52,60]}", FORMAT, "the end, within an object or a list"},
    {"something before the object", "{\"__metadata__\"", " {\"__metadata__\"", FORMAT, "header, byte 0: not the {"},
};

static void each_change_to_the_header_is_refused(void **state)
{
    (void)state;
    any_need(BP_F32);
    files_need_loading();
    bp_net *net = files_small_net(BP_F32);
    const struct file good = files_save(net);
    char sentence[256];
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const struct change *change = &changes[i];
        const struct file file = files_edit(good, change->old, change->new);
        const bp_status status = files_try(file, sentence, sizeof(sentence));
        const bool f64_missing = status == BP_ERR_DTYPE && !change->sentence && !dtype_built(BP_F64);
        if (!f64_missing &&
            (status != change->status || !strstr(sentence, change->sentence ? change->sentence : "F32"))) {
            print_error("%s: %d, %s\n", change->name, (int)status, sentence);
            wrong++;
        }
        free(file.bytes);
    }
    assert_int_equal(wrong, 0);
    free(good.bytes);
    bp_net_destroy(net);
}

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
    files_need_loading();
    bp_net *net = files_small_net(BP_F32);
    const struct file good = files_save(net);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct file file = files_edit(good, rows[i].old, rows[i].new);
        bp_net *loaded = NULL;
        if (bp_net_load_memory(&loaded, file.bytes, file.size) != BP_OK)
            fail_msg("%s: %s", rows[i].name, bp_net_error(loaded));
        files_same_nets(net, loaded);
        bp_net_destroy(loaded);
        free(file.bytes);
    }
    free(good.bytes);
    bp_net_destroy(net);
}

/* A newer minor version may have names and tensors of which nothing is known. */
static void a_newer_minor_version_may_have_more(void **state)
{
    (void)state;
    any_need(BP_F32);
    files_need_loading();
    bp_net *net = files_small_net(BP_F32), *loaded = NULL;
    const struct file good = files_save(net);
    struct file file =
        files_edit(good, B2, B2 ",\"optimizer.0\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[60,68]}");
    struct file newer = files_edit(file, "\"1.0\"", "\"1.1\",\"bp.new\":\"?\"");
    newer.bytes = realloc(newer.bytes, newer.size + 8);
    assert_non_null(newer.bytes);
    memset(newer.bytes + newer.size, 0, 8);
    newer.size += 8;
    any_ok(loaded, bp_net_load_memory(&loaded, newer.bytes, newer.size));
    files_same_nets(net, loaded);
    bp_net_destroy(loaded);
    free(newer.bytes);
    free(file.bytes);
    free(good.bytes);
    bp_net_destroy(net);
}

/* ------------------------------------------------------------------------------------------------ headers of their own */

/* Bytes that the library has out, and the most that it had. */
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
        {"backslashes", "{\"__metadata__\":{\"a\":\"", "\\", "\"}}", MANY + 1, "a text without its end"},
    };
    (void)state;
    files_need_loading();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct meter meter = {0};
        const bp_allocator allocator = {sizeof(allocator), &meter, metered, unmetered};
        const struct file file = repeated(rows[i].start, rows[i].part, rows[i].times, rows[i].end);
        bp_net *net = NULL;
        const bp_status status = bp_net_load_memory_with(&net, file.bytes, file.size, 0, &allocator);
        if (status != BP_ERR_FORMAT || !strstr(bp_net_error(net), rows[i].sentence))
            fail_msg("%s: %d, %s", rows[i].name, (int)status, bp_net_error(net));
        if (meter.most > file.size + (1 << 20))
            fail_msg("%s: %zu bytes of memory for a file of %zu", rows[i].name, meter.most, file.size);
        bp_net_destroy(net);
        assert_int_equal(meter.now, 0);
        free(file.bytes);
    }
}

static int64_t read_file(void *user, void *bytes, size_t size)
{
    struct file *left = user;
    size = size < left->size ? size : left->size;
    memcpy(bytes, left->bytes, size);
    left->bytes += size;
    left->size -= size;
    return (int64_t)size;
}

/* By how much a stream takes more memory than the same bytes do. */
static size_t extra_of_stream(struct file file)
{
    size_t most[2];
    for (int streamed = 0; streamed < 2; streamed++) {
        struct meter meter = {0};
        const bp_allocator allocator = {sizeof(allocator), &meter, metered, unmetered};
        struct file left = file;
        bp_net *net = NULL;
        (void)(streamed ? bp_net_load_stream_with(&net, read_file, &left, 0, &allocator)
                        : bp_net_load_memory_with(&net, file.bytes, file.size, 0, &allocator));
        bp_net_destroy(net);
        most[streamed] = meter.most;
    }
    return most[1] - most[0];
}

static void a_stream_takes_memory_for_its_bytes_and_not_for_what_it_tells(void **state)
{
    enum { BLOCK = 1 << 18, SLACK = 1024 };
    unsigned char claim[FILES_START] = {0x00, 0xe1, 0xf5, 0x05}; /* a header of 100,000,000 bytes */
    bp_net *net = files_small_net(any_dtype(state));
    const struct file small = files_save(net);
    files_need_loading();
    assert_in_range(extra_of_stream(small), 1, small.size + SLACK);
    assert_in_range(extra_of_stream((struct file){claim, sizeof(claim)}), BLOCK, BLOCK + SLACK);
    free(small.bytes);
    bp_net_destroy(net);
}

static void beginnings_that_are_none(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *sentence;
    } rows[] = {
        {"", 0, "ends after 0 bytes, where 8 more must follow"},
        {"\x02\0\0\0\0\0\0", 7, "ends after 7 bytes"},
        {"\x02\0\0\0\0\0\0\0", 8, "ends after 8 bytes, where 2 more must follow"},
        {"\xff\xff\xff\xff\xff\xff\xff\xff", 8, "a header of 18446744073709551615 bytes: is it"},
        {"\0\0\0\0\0\0\0\x02{}", 10, "is it a safetensors file?"}, /* big-endian */
        {"PK\x03\x04\0\0\0\0{}", 10, "where "},
        {"\0\0\0\0\0\0\0\0", 8, "header, byte 0: not the {"},
        {"\x02\0\0\0\0\0\0\0{}", 10, "is no model file of libbp"},
        {"\x02\0\0\0\0\0\0\0[]", 10, "header, byte 0: not the {"},
        {"\x02\0\0\0\0\0\0\0{}x", 11, "1 bytes follow the header, and its tensors take 0"},
        {"\x02\0\0\0\0\0\0\0{\0}", 11, "header, byte 1: no name in quotes"},
    };
    char sentence[256];
    (void)state;
    files_need_loading();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned char *bytes = malloc(rows[i].size + 1); /* a block of its own, so that a look beyond it shows */
        assert_non_null(bytes);
        memcpy(bytes, rows[i].bytes, rows[i].size);
        assert_int_equal(files_try((struct file){bytes, rows[i].size}, sentence, sizeof(sentence)), BP_ERR_FORMAT);
        if (!strstr(sentence, rows[i].sentence))
            fail_msg("%zu: %s", i, sentence);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_to_the_header_is_refused),
        cmocka_unit_test(what_a_file_may_have),
        cmocka_unit_test(a_newer_minor_version_may_have_more),
        cmocka_unit_test(large_headers_are_refused_within_the_memory_of_the_file),
        ANY_BOTH(a_stream_takes_memory_for_its_bytes_and_not_for_what_it_tells),
        cmocka_unit_test(beginnings_that_are_none),
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
