/* SPDX-License-Identifier: MIT */
#define _CRT_RAND_S /* rand_s */
#include <stdlib.h>

#include "base/platform.h"
#include "base/windows.h"

enum { TICKS = 10000000 };                                   /* of a FILETIME in a second */
static const int64_t to_1970 = INT64_C(11644473600) * TICKS; /* from 1601 */

int64_t bp_platform_clock(void)
{
    const int64_t second = INT64_C(1000000000);
    LARGE_INTEGER now, frequency;
    (void)QueryPerformanceFrequency(&frequency);
    (void)QueryPerformanceCounter(&now);
    return now.QuadPart / frequency.QuadPart * second + now.QuadPart % frequency.QuadPart * second / frequency.QuadPart;
}

int64_t bp_platform_date(void)
{
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    return ((int64_t)((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - to_1970) * 100;
}

int64_t bp_platform_process(void) { return GetCurrentProcessId(); }

/* There is no fork(). */
unsigned char *bp_platform_mark_create(void) { return NULL; }
void bp_platform_mark_destroy(unsigned char *mark) { (void)mark; }

bool bp_platform_random(uint64_t *bits)
{
    unsigned high, low;
    if (rand_s(&high) != 0 || rand_s(&low) != 0)
        return false;
    *bits = (uint64_t)high << 32 | low;
    return true;
}

/* They take a right that few processes have. */
void bp_platform_want_huge_pages(void *memory, size_t size)
{
    (void)memory;
    (void)size;
}
