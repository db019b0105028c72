/* SPDX-License-Identifier: MIT */
#include "train/metrics/auc.h"

/* By score, and then by weight, so that one order is the only one. */
static bool is_below(struct bp_score a, struct bp_score b)
{
    return a.score < b.score || (a.score == b.score && a.weight < b.weight);
}

/* Lets the score at `at` down to its place in a heap of `count`. */
static void sift(struct bp_score *heap, size_t at, size_t count)
{
    const struct bp_score moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_below(heap[child], heap[child + 1]))
            child++;
        if (!is_below(moved, heap[child]))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

/* Heapsort (Williams, 1964): it takes no memory, which a C library's qsort may. */
static void sort(struct bp_score *scores, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(scores, i - 1, count);
    for (size_t left = count; left > 1; left--) {
        const struct bp_score greatest = scores[0];
        scores[0] = scores[left - 1];
        scores[left - 1] = greatest;
        sift(scores, 0, left - 1);
    }
}

bool bp_auc(struct bp_score *scores, size_t count, double *area)
{
    double inside = 0, outside = 0, pairs = 0; /* weights of the rows of the class, of the others, of the pairs */
    sort(scores, count);
    for (size_t i = 0; i < count;) {
        const double score = scores[i].score;
        double equal_inside = 0, equal_outside = 0;
        for (; i < count && scores[i].score == score; i++)
            if (scores[i].weight < 0)
                equal_outside -= scores[i].weight;
            else
                equal_inside += scores[i].weight;
        pairs += equal_inside * (outside + equal_outside / 2);
        inside += equal_inside;
        outside += equal_outside;
    }
    const bool both = inside > 0 && outside > 0;
    *area = both ? pairs / (inside * outside) : 0;
    return both;
}
