/* SPDX-License-Identifier: MIT */
#ifndef BP_BASE_LOGARITHM_H
#define BP_BASE_LOGARITHM_H

/* log x for finite x > 0, of +, -, * and / alone: the same bits on every machine, which the C library's are not. */
double bp_logarithm(double x);

#endif
