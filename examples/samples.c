/* SPDX-License-Identifier: MIT */
#include "samples.h"

enum { AHEAD = 8 }; /* images */

#include <stdio.h>
#include <stdlib.h>

static bool labels_fit(const struct samples *samples)
{
    if (samples->labels.count != samples->count) {
        fprintf(stderr, "%zu images, but %zu labels\n", samples->count, samples->labels.count);
        return false;
    }
    for (size_t i = 0; i < samples->count; i++) {
        if (samples->labels.bytes[i] >= CLASSES) {
            fprintf(stderr, "label %zu is %d\n", i, samples->labels.bytes[i]);
            return false;
        }
    }
    return true;
}

bool samples_read(struct samples *samples, const char *folder, const char *images, const char *labels)
{
    *samples = (struct samples){0};
    if (idx_read(&samples->images, folder, images, 3) && idx_read(&samples->labels, folder, labels, 1)) {
        samples->count = samples->images.count;
        samples->pixels = samples->images.height * samples->images.width;
        if (labels_fit(samples))
            return true;
    }
    samples_free(samples);
    return false;
}

void samples_free(struct samples *samples)
{
    idx_free(&samples->images);
    idx_free(&samples->labels);
    *samples = (struct samples){0};
}

/* Asks for an image some time before it is wanted: in shuffled order it comes from far away. */
static void fetch(const struct samples *samples, size_t image)
{
#if defined(__GNUC__)
    const unsigned char *pixels = samples->images.bytes + image * samples->pixels;
    for (size_t i = 0; i < samples->pixels; i += 64)
        __builtin_prefetch(pixels + i);
#else
    (void)samples;
    (void)image;
#endif
}

void samples_batch(const struct samples *samples, const size_t *order, size_t rows, float unit, float *x,
                   int32_t *labels)
{
    const size_t pixels = samples->pixels;
    const float scale = 1 / unit;

    for (size_t row = 0; row < rows && row < AHEAD; row++)
        fetch(samples, order[row]);
    for (size_t row = 0; row < rows; row++) {
        if (row + AHEAD < rows)
            fetch(samples, order[row + AHEAD]);
        const unsigned char *restrict image = samples->images.bytes + order[row] * pixels;
        float *restrict to = x + row * pixels;
        for (size_t i = 0; i < pixels; i++)
            to[i] = (float)image[i] * scale;
        labels[row] = samples->labels.bytes[order[row]];
    }
}

size_t *order_create(size_t count)
{
    size_t *order = allocate(count, sizeof *order);

    for (size_t i = 0; i < count; i++)
        order[i] = i;
    return order;
}

/* SplitMix64 (Steele, Lea, Flood, 2014). */
static uint64_t random_next(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* Fisher and Yates's shuffle. The remainder prefers small numbers by less than count / 2^64. */
void order_shuffle(size_t *order, size_t count, uint64_t *state)
{
    for (size_t left = count; left > 1; left--) {
        const size_t other = (size_t)(random_next(state) % left);
        const size_t swapped = order[other];
        order[other] = order[left - 1];
        order[left - 1] = swapped;
    }
}

int32_t class_of(const float *y)
{
    int32_t best = 0;

    for (int32_t k = 1; k < CLASSES; k++)
        if (y[k] > y[best])
            best = k;
    return best;
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory) {
        fprintf(stderr, "out of memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}
