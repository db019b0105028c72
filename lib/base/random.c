/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <math.h>

#include "base/arithmetic.h"

enum { ROUNDS = 10 };

/* The constants of the paper's section 5.3. */
static const uint32_t multiplier[2] = {0xD2511F53, 0xCD9E8D57};
static const uint32_t key_step[2] = {0x9E3779B9, 0xBB67AE85};

struct bp_random_block bp_random_block(uint64_t seed, struct bp_random_block c)
{
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t even = (uint64_t)multiplier[0] * c.word[0];
        const uint64_t odd = (uint64_t)multiplier[1] * c.word[2];
        c = (struct bp_random_block){{(uint32_t)(odd >> 32) ^ c.word[1] ^ key[0], (uint32_t)odd,
                                      (uint32_t)(even >> 32) ^ c.word[3] ^ key[1], (uint32_t)even}};
        key[0] += key_step[0];
        key[1] += key_step[1];
    }
    return c;
}

struct bp_random bp_random_start(uint64_t seed, uint32_t stream, uint32_t purpose)
{
    return (struct bp_random){.seed = seed, .stream = stream, .purpose = purpose};
}

double bp_random_uniform(struct bp_random *random)
{
    const uint64_t index = random->next / 2, half = random->next % 2;
    if (half == 0) {
        const struct bp_random_block counter = {
            {(uint32_t)index, (uint32_t)(index >> 32), random->stream, random->purpose}};
        random->block = bp_random_block(random->seed, counter);
    }
    random->next++;
    const uint64_t low = random->block.word[2 * half], high = random->block.word[2 * half + 1];
    return ((double)((high << 32 | low) >> 12) + 0.5) * 0x1p-52;
}

double bp_random_normal(struct bp_random *random) { return bp_random_normal_quantile(bp_random_uniform(random)); }

/* A quotient of two polynomials of degree 7 in r; p holds the coefficients of numerator and denominator in turn. */
static double quotient(const double p[8][2], double r)
{
    double over = p[7][0], under = p[7][1];
    for (int i = 6; i >= 0; i--) {
        over = over * r + p[i][0];
        under = under * r + p[i][1];
    }
    return over / under;
}

double bp_random_normal_quantile(double p)
{
    static const double middle[8][2] = {
        {3.3871328727963666080e0, 1.0},
        {1.3314166789178437745e+2, 4.2313330701600911252e+1},
        {1.9715909503065514427e+3, 6.8718700749205790830e+2},
        {1.3731693765509461125e+4, 5.3941960214247511077e+3},
        {4.5921953931549871457e+4, 2.1213794301586595867e+4},
        {6.7265770927008700853e+4, 3.9307895800092710610e+4},
        {3.3430575583588128105e+4, 2.8729085735721942674e+4},
        {2.5090809287301226727e+3, 5.2264952788528545610e+3},
    };
    static const double near_tail[8][2] = {
        {1.42343711074968357734e0, 1.0},
        {4.63033784615654529590e0, 2.05319162663775882187e0},
        {5.76949722146069140550e0, 1.67638483018380384940e0},
        {3.64784832476320460504e0, 6.89767334985100004550e-1},
        {1.27045825245236838258e0, 1.48103976427480074590e-1},
        {2.41780725177450611770e-1, 1.51986665636164571966e-2},
        {2.27238449892691845833e-2, 5.47593808499534494600e-4},
        {7.74545014278341407640e-4, 1.05075007164441684324e-9},
    };
    static const double far_tail[8][2] = {
        {6.65790464350110377720e0, 1.0},
        {5.46378491116411436990e0, 5.99832206555887937690e-1},
        {1.78482653991729133580e0, 1.36929880922735805310e-1},
        {2.96560571828504891230e-1, 1.48753612908506148525e-2},
        {2.65321895265761230930e-2, 7.86869131145613259100e-4},
        {1.24266094738807843860e-3, 1.84631831751005468180e-5},
        {2.71155556874348757815e-5, 1.42151175831644588870e-7},
        {2.01033439929228813265e-7, 2.04426310338993978564e-15},
    };
    const double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return q * quotient(middle, 0.180625 - q * q);
    const double r = sqrt(-bp_logarithm(q < 0 ? p : 1 - p));
    const double x = r <= 5 ? quotient(near_tail, r - 1.6) : quotient(far_tail, r - 5);
    return q < 0 ? -x : x;
}
