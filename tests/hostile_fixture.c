/* SPDX-License-Identifier: MIT */
#include "hostile_fixture.h"
#include "read_file.h"

enum { ROWS = 12 };

#define TEN(text) text text text text text text text text text text
#define LONG(text) TEN(text) TEN(text) TEN(text)

const struct hostile hostile[] = {
    {"\x1b[31mred", false},
    {"\x1b]0;title\x07", false},
    {"one\ntwo: all is well", false},
    {"a\tb\vc\fd\be", false},
    {"\x01", false},
    {"\x7f", true},
    {"\xc2\x9b"
     "31m",
     true},
    {"\xc2\x80\xc2\x85\xc2\x9f", true},
    {"\x9b"
     "31m",
     false},
    {"\xff\xfe\x80", false},
    {"\xc3", false},
    {"\xe2\x82", false},
    {"\xf0\x9f\x98", false},
    {"\xc0\x8a", false},
    {"\xed\xa0\x80", false},
    {"\xf4\x90\x80\x80", false},
    {"\xe2\x80\xa8\xe2\x80\xa9", true},
    {"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", true},
    {"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", true},
    {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", true},
    {"\xe2\x80\xae\x1b[2J\n\xc2\x9bm\xff", false},
    {LONG("\xc3\xa4"), true},
    {"x" LONG("\xc3\xa4"), true},
    {LONG("\xe2\x82\xac"), true},
    {"x" LONG("\xe2\x82\xac"), true},
    {"xy" LONG("\xe2\x82\xac"), true},
    {LONG("\xf0\x9f\x98\x80"), true},
    {"x" LONG("\xf0\x9f\x98\x80"), true},
    {"xy" LONG("\xf0\x9f\x98\x80"), true},
    {"xyz" LONG("\xf0\x9f\x98\x80"), true},
    {LONG("\x80"), false},
    {LONG("\x1b"), false},
};

const size_t hostile_count = COUNT(hostile);

bool may_be_name(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at)
        if (clean_take(&at) == UINT32_MAX)
            return false;
    return true;
}

void check_clean(const char *text, bool lines, int line)
{
    const char *fault = clean_fault(text, lines);
    if (fault)
        fail_msg("line %d: byte %02x at %zu of \"%s\"", line, (unsigned)(unsigned char)*fault, (size_t)(fault - text),
                 text);
}

void put(char *text, const char *field) { strcat(strcat(strcat(text, "\""), field), "\""); }

bp_data *table_of(const char *name)
{
    static char text[TEXT];
    bp_data *data = NULL;
    text[0] = '\0';
    for (int i = 0; i < 3; i++) {
        char field[TEXT / 8];
        snprintf(field, sizeof(field), "%s%c", name, 'a' + i);
        put(text, field);
        strcat(text, i < 2 ? "," : "\n");
    }
    for (int i = 0; i < ROWS; i++)
        snprintf(text + strlen(text), 64, "%d,5,%d\n", 1000000 * i, i);
    if (load_csv(&data, text_file(text), "-1") != BP_OK)
        fail_msg("%s", bp_last_error());
    return data;
}

bp_net *regression(int32_t dtype, int32_t activation)
{
    const struct any_layer layer = {1, activation, 0, 0};
    return any_net(dtype, 2, &layer, 1, 1);
}

size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}
