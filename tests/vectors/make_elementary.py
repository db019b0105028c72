#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints the coefficients of lib/kernels/elementary.h: near-minimax polynomials, made by interpolation at Chebyshev nodes
in 80 digits, and the bits of 2 / pi. Needs python3-mpmath."""
from mpmath import mp, mpf

mp.dps = 80


def fit(name, f, low, high, degree):
    """The coefficients, lowest first, of the polynomial through f at the Chebyshev nodes, and its largest absolute error."""
    low, high = mpf(low), mpf(high)
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * degree + 2)) for i in range(degree + 1)]
    matrix = mp.matrix([[x ** k for k in range(degree + 1)] for x in nodes])
    c = mp.lu_solve(matrix, mp.matrix([f(x) for x in nodes]))
    worst = max(abs(mp.polyval(list(reversed(list(c))), x) - f(x))
                for x in [low + (high - low) * (i + mpf(1) / 3) / 400 for i in range(400)])
    print(f'/* {name}: error 2^{float(mp.log(worst, 2)):.1f} */')
    print('{' + ', '.join(mp.nstr(x, 21) for x in c) + '}')


def at_zero(f, limit):
    """f with its limit at 0."""
    return lambda x: limit if x == 0 else f(x)


def exp_tail(r):
    """(exp r - 1 - r) / r^2"""
    return mpf(1) / 2 + r / 6 if abs(r) < mpf('1e-30') else (mp.expm1(r) - r) / r ** 2


def log_tail(z):
    """(2 artanh s - 2 s) / s^3 over z = s^2"""
    s = mp.sqrt(z)
    return mpf(2) / 3 if z == 0 else (2 * mp.atanh(s) - 2 * s) / s ** 3


def odd_tail(f, limit):
    """(f(x) - x) / x^3 over z = x^2"""
    return lambda z: limit if z == 0 else (f(mp.sqrt(z)) - mp.sqrt(z)) / mp.sqrt(z) ** 3


def cos_tail(z):
    """(cos r - 1 + r^2 / 2) / r^4 over z = r^2"""
    return mpf(1) / 24 if z == 0 else (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z ** 2


def erf_slope(z):
    """erf(x) / x - 1 over z = x^2"""
    return 2 / mp.sqrt(mp.pi) - 1 if z == 0 else mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1


def erfcx_flat(q, k):
    """(1 + 2 a) exp(a^2) erfc(a) with q = (a - k) / (a + k)"""
    if q >= 1:
        return 2 / mp.sqrt(mp.pi)
    a = k * (1 + q) / (1 - q)
    if a > 60:
        return (1 + 2 * a) / (a * mp.sqrt(mp.pi)) * (1 - 1 / (2 * a ** 2) + 3 / (4 * a ** 4) - 15 / (8 * a ** 6))
    return (1 + 2 * a) * mp.exp(a ** 2) * mp.erfc(a)


def main():
    half_ln2, eighth = mp.log(2) / 2 * mpf('1.0001'), (mp.pi / 4 * mpf('1.0001')) ** 2
    s = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mpf('1.0001')
    for bits, degrees in (('f32', (4, 3, 4, 3, 2, 6, 11)), ('f64', (10, 7, 11, 6, 6, 12, 23))):
        fit(f'{bits} exp', exp_tail, -half_ln2, half_ln2, degrees[0])
        fit(f'{bits} log', log_tail, 0, s ** 2, degrees[1])
        fit(f'{bits} tanh', odd_tail(mp.tanh, -mpf(1) / 3), 0, mpf('0.6') ** 2, degrees[2])
        fit(f'{bits} sin', odd_tail(mp.sin, -mpf(1) / 6), 0, eighth, degrees[3])
        fit(f'{bits} cos', cos_tail, 0, eighth, degrees[4])
        fit(f'{bits} erf', erf_slope, 0, 1, degrees[5])
        k = 2 if bits == 'f32' else 4
        top = mpf('0.75') if bits == 'f32' else mpf('0.76')
        fit(f'{bits} erfc, k = {k}', lambda q: erfcx_flat(q, k), -1, top, degrees[6])
    mp.dps = 420
    two_over_pi = int(mp.floor(2 / mp.pi * mpf(2) ** 1280))
    print('/* 2 / pi, 1280 bits behind the point */')
    print(', '.join(f'0x{(two_over_pi >> (1248 - 32 * i)) & 0xffffffff:08x}' for i in range(40)))


main()
