/* SPDX-License-Identifier: MIT
 *
 * As test_hostile.c, for files of nets and checkpoints: names, tensors and values in their headers. */
#include "hostile_fixture.h"

#define META                                                                                                           \
    "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"1\",\"bp.layer.0.kind\":"          \
    "\"dense\",\"bp.layer.0.activation\":\"sigmoid\""
#define TENSORS                                                                                                        \
    "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},\"layers.0.bias\":{\"dtype\":"     \
    "\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}"
#define SCALING(of, part, numbers) "\"bp." of ".scaling." part "\":\"" numbers "\""
#define TENSOR(name, dtype, shape, from, to)                                                                           \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

enum { PAYLOAD = 12 };

/* "@" stands for the text, in values that may have escapes with these. */
static struct file file_with(const char *header, const char *text)
{
    static char whole[TEXT];
    size_t size = 0;
    for (const char *at = header; *at; at++)
        for (const char *c = *at == '@' ? text : at; *c && (*at == '@' || c == at); c++)
            size += (size_t)((unsigned char)*c < ' ' && *at == '@'
                                 ? snprintf(whole + size, 8, "\\u%04x", (unsigned)(unsigned char)*c)
                                 : snprintf(whole + size, 8, "%c", *c));
    return files_of_header(whole, PAYLOAD);
}

static void model_files_are_refused_in_clean_sentences(void **state)
{
    static const char *const headers[] = {
        /* keys */
        "{\"__metadata__\":{" META ",\"bp.@\":\"1\"}," TENSORS "}",
        "{\"__metadata__\":{" META ",\"@\":\"1\",\"@\":\"2\"}," TENSORS "}",
        "{\"__metadata__\":{" META ",\"@\":{}}," TENSORS "}",
        "{\"__metadata__\":{" META ",\"bp.option.@\":\"1\"}," TENSORS "}",
        "{\"__metadata__\":{" META "}," TENSORS "," TENSOR("@", "F32", "[1]", "12", "16") "}",
        "{\"__metadata__\":{" META "},\"@\":{}}",
        "{\"__metadata__\":{" META "},\"@\":1}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F16", "[1]", "0", "4") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[0]", "0", "0") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[2]", "0", "4") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[99999999999,99999999999]", "0", "4") "}",
        "{\"__metadata__\":{" META "}," TENSOR("@", "F32", "[1]", "4", "8") "}",
        "{\"__metadata__\":{" META "},\"@\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,4]}}",
        "{\"__metadata__\":{" META "},\"@\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}",
        "{\"__metadata__\":{" META "},\"x\":{\"@\":1,\"@\":2}}",
        "{\"__metadata__\":{" META "},\"layers.0.weight\":{\"dtype\":\"@\",\"shape\":[1,2],\"data_offsets\":[0,8]}}",
    };
    static const char *const values[] = {
        "\"bp.format\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"1\",\"bp.layer.0.kind\":\"@\"",
        "\"bp.format\":\"1.0\",\"bp.dtype\":\"f32\",\"bp.inputs\":\"2\",\"bp.layers\":\"1\",\"bp.layer.0.kind\":"
        "\"dense\",\"bp.layer.0.activation\":\"@\"",
        META ",\"bp.layer.0.bias\":\"@\"",
        META ",\"bp.layer.0.slope\":\"@\",\"bp.layer.0.train_bias\":\"@\"",
        META ",\"bp.option.loss\":\"@\"",
        META ",\"bp.option.learning_rate\":\"@\"",
        META ",\"bp.seed\":\"@\"",
        META ",\"bp.samples\":\"@\"",
        META ",\"bp.fresh\":\"@\"",
        META ",\"bp.optimizer.steps\":\"@\"",
        META "," SCALING("input", "center", "@"),
        META "," SCALING("input", "center", "1 @") "," SCALING("input", "factor", "1 1"),
    };
    size_t refused = 0;
    (void)state;
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(headers) + COUNT(values); k++) {
            static char header[TEXT];
            char sentence[512];
            const bool value = k >= COUNT(headers);
            if (value)
                snprintf(header, sizeof(header), "{\"__metadata__\":{%s}," TENSORS "}", values[k - COUNT(headers)]);
            struct file file = file_with(value ? header : headers[k], hostile[i].text);
            const bp_status status = files_try(file, sentence, sizeof(sentence));
            if (status == BP_OK)
                fail_msg("header %zu is loaded", k);
            SENTENCE(sentence);
            refused += hostile[i].plain && !strstr(sentence, "UTF-8") && !strstr(sentence, "escape");
            free(file.bytes);
        }
    }
    assert_true(refused > 300); /* not all for one reason */
}

/* A name that loads is kept and saved byte for byte, and quoted in sentences. */
static void names_from_model_files_are_described_clean(void **state)
{
    static char text[TEXT];
    (void)state;
    any_need(BP_F32);
    FOR_HOSTILE(i)
    {
        struct file file = file_with("{\"__metadata__\":{" META ",\"bp.input.0.name\":\"@\",\"bp.output.0.name\":\"@\","
                                     "\"bp.class.1.name\":\"@\"}," TENSORS "}",
                                     hostile[i].text);
        bp_net *net = NULL;
        if (bp_net_load_memory(&net, file.bytes, file.size, NULL) == BP_OK) {
            assert_string_equal(bp_net_name(net, BP_TEXT_INPUT, 0), hostile[i].text);
            any_ok(bp_net_describe(net, text, sizeof(text), NULL));
            check_clean(text, true, __LINE__);
            assert_int_equal(count_lines(text), 6);
        } else {
            SENTENCE(bp_last_error());
        }
        bp_net_destroy(net);
        free(file.bytes);
    }
}

static void tensors_of_other_programs_are_named_clean(void **state)
{
    static const char *const headers[] = {
        "{" TENSOR("@", "F32", "[1,2]", "0", "8") "}",
        "{" TENSOR("@", "F32", "[1,2]", "0", "8") "," TENSOR("b", "F32", "[1]", "8", "12") "}",
        "{" TENSOR("@.bias", "F32", "[1]", "0", "4") "," TENSOR("@.weight", "F32", "[2,1]", "4", "12") "}",
        "{" TENSOR("@.bias", "F64", "[1]", "0", "8") "," TENSOR("@.weight", "F32", "[1]", "8", "12") "}",
    };
    const struct any_layer unbiased = {1, BP_ACT_IDENTITY, BP_BIAS_NONE, 0};
    const int32_t dtype = any_dtype(state);
    bp_net *net = regression(dtype, BP_ACT_IDENTITY), *bare = any_net(dtype, 2, &unbiased, 1, 1);
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(headers); k++) {
            struct file file = file_with(headers[k], hostile[i].text);
            const char *const path = file_of(0, file.bytes, file.size);
            const char *const names[] = {hostile[i].text, hostile[i].text}, *const none[] = {"\x1b[31mnone", NULL},
                              *const bias[] = {NULL, hostile[i].text};
            if (bp_net_load_weights(net, path, NULL) != BP_OK)
                SENTENCE(bp_last_error());
            if (bp_net_load_weights(net, path, names) != BP_OK)
                SENTENCE(bp_last_error());
            REFUSED(bp_net_load_weights(net, path, none), bp_last_error());
            REFUSED(bp_net_load_weights(bare, path, bias), bp_last_error());
            free(file.bytes);
        }
    }
    bp_net_destroy(net);
    bp_net_destroy(bare);
}

/* ---- checkpoints */

static void checkpoints_are_refused_in_clean_sentences(void **state)
{
    static const char *const keys[] = {"\"bp.train.rows\":\"", "\"bp.train.begun\":\"", "\"bp.train.option.epochs\":\"",
                                       "\"bp.train.state.done\":\"", "\"bp.train.state.loss\":\""};
    const int32_t dtype = any_dtype(state);
    bp_data *data = table_of("x");
    bp_net *net = regression(dtype, BP_ACT_IDENTITY);
    bp_train *train = NULL;
    any_ok(bp_train_create(&train, net, data, NULL));
    FOR_HOSTILE(i)
    {
        for (size_t k = 0; k < COUNT(keys) && hostile[i].plain; k++) {
            static char changed[TEXT];
            struct file saved = {NULL, 0};
            any_ok(bp_train_save_memory(train, NULL, 0, &saved.size));
            saved.bytes = malloc(saved.size);
            assert_non_null(saved.bytes);
            any_ok(bp_train_save_memory(train, saved.bytes, saved.size, NULL));
            snprintf(changed, sizeof(changed), "%s%s", keys[k], hostile[i].text);
            const struct file edited = files_edit(saved, keys[k], changed);
            REFUSED(bp_train_load_memory(train, edited.bytes, edited.size), bp_last_error());
            assert_non_null(strstr(bp_last_error(), "bp.train."));
            free(saved.bytes);
            free(edited.bytes);
        }
    }
    bp_train_destroy(train);
    bp_net_destroy(net);
    bp_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_files_are_refused_in_clean_sentences),
        cmocka_unit_test(names_from_model_files_are_described_clean),
        ANY_BOTH(tensors_of_other_programs_are_named_clean),
        ANY_BOTH(checkpoints_are_refused_in_clean_sentences),
    };
    return cmocka_run_group_tests_name("hostile files", tests, NULL, NULL);
}
