/* The same sweep in C: a simd loop over runs, written out for speed by hand.
 *
 * One file, compiled once for each way of getting at the exponentials (-DVARIANT=…, -DBLOCK=…):
 *   1  eight exponentials a step from the vector mathematical library, eight divisions
 *   2  six exponentials a step and products of them, one division a hidden unit for its four sigmoids
 *   3  as 2, with a polynomial exponential of our own that is inlined, so that nothing is spilled around a call
 *   4  as 3, but the exponentials are multiplied along with e^change, a short polynomial, for WINDOW steps (the
 *      trick that xorsweep itself uses; here without its guards against large steps and large weights)
 * Runs lie side by side in blocks that fit the first-level cache; threads share out the blocks.
 *
 * Usage: peer STARTS RUNS THREADS, then on standard input one task a line (see peer.py).
 */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef VARIANT
#define VARIANT 3
#endif
#ifndef BLOCK
#define BLOCK 16
#endif
#define WINDOW 32

enum { W1, W2, W3, W4, W5, W6, B1, B2, B3, PARAMETERS };

typedef struct {
    double theta[PARAMETERS][BLOCK];
    double power[6][BLOCK]; /* e^−b, e^−w, e^−w′ of both units; for variant 4 */
    double first[BLOCK];    /* first step at or below the tolerance, or −1 */
    double error[BLOCK];
} __attribute__((aligned(64))) Block;

#if VARIANT <= 2
#define EXP exp
#else
/* e^x for |x| < 700: 2^k · e^r, |r| ≤ ln 2 / 2, Taylor to degree 13 (relative error below 1e-16). */
static inline __attribute__((always_inline)) double own_exp(double x) {
    /* Not rounded by adding and subtracting 1.5·2^52, which -ffast-math would cancel. */
    double k = __builtin_rint(x * 1.4426950408889634);
    double r = x - k * 0.6931471805599453;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    union { long long i; double f; } scale = {.i = ((long long)k + 1023) << 52};
    return p * scale.f;
}
#define EXP own_exp
#endif

/* e · e^x for small x (|x| < 0.1): Taylor to degree 7. */
static inline __attribute__((always_inline)) double advance(double e, double x) {
    double p = 1.0 / 5040.0;
    p = p * x + 1.0 / 720.0;
    p = p * x + 1.0 / 120.0;
    p = p * x + 1.0 / 24.0;
    p = p * x + 1.0 / 6.0;
    p = p * x + 0.5;
    p = p * x + 1.0;
    return e + e * x * p;
}

typedef struct { double h0, h1, h2, h3; } Hidden;

static inline __attribute__((always_inline)) Hidden from_powers(double eb, double ew, double ev) {
    double along = eb * ew;
    double d0 = 1 + eb, d1 = 1 + along, d2 = 1 + eb * ev, d3 = 1 + along * ev;
    double low = d0 * d1, high = d2 * d3, all = 1 / (low * high);
    double per_low = all * high, per_high = all * low;
    return (Hidden){per_low * d1, per_low * d0, per_high * d3, per_high * d2};
}

static inline __attribute__((always_inline)) Hidden from_sums(double b, double w, double v) {
    return (Hidden){1 / (1 + EXP(-b)), 1 / (1 + EXP(-b - w)), 1 / (1 + EXP(-b - v)), 1 / (1 + EXP(-b - w - v))};
}

#define REFRESH(i)                                                                                                     \
    do {                                                                                                               \
        q[0][i] = EXP(-p[B1][i]), q[1][i] = EXP(-p[W1][i]), q[2][i] = EXP(-p[W3][i]);                                  \
        q[3][i] = EXP(-p[B2][i]), q[4][i] = EXP(-p[W2][i]), q[5][i] = EXP(-p[W4][i]);                                  \
    } while (0)

/* `steps` updates of the whole block; with `watch`, each step's error is held against the tolerance. */
static inline __attribute__((always_inline)) void steps_of(Block *restrict block, int steps, double alpha,
                                                           double begin, double tolerance, int watch) {
    double (*restrict p)[BLOCK] = block->theta;
    double (*restrict q)[BLOCK] = block->power;
    double *restrict first = block->first;
    const double rate = alpha / 2;
    (void)q;
    for (int t = 0; t < steps; t++) {
        double now = begin + t;
#if VARIANT == 4
        if (t % WINDOW == 0) {
#pragma omp simd
            for (int i = 0; i < BLOCK; i++)
                REFRESH(i);
        }
#endif
#pragma omp simd
        for (int i = 0; i < BLOCK; i++) {
            double w1 = p[W1][i], w2 = p[W2][i], w3 = p[W3][i], w4 = p[W4][i], w5 = p[W5][i], w6 = p[W6][i];
            double b1 = p[B1][i], b2 = p[B2][i], b3 = p[B3][i];
#if VARIANT == 1
            Hidden g = from_sums(b1, w1, w3), h = from_sums(b2, w2, w4);
#elif VARIANT == 4
            Hidden g = from_powers(q[0][i], q[1][i], q[2][i]), h = from_powers(q[3][i], q[4][i], q[5][i]);
#else
            Hidden g = from_powers(EXP(-b1), EXP(-w1), EXP(-w3)), h = from_powers(EXP(-b2), EXP(-w2), EXP(-w4));
#endif
            double r0 = -b3 - w5 * g.h0 - w6 * h.h0, r1 = 1 - b3 - w5 * g.h1 - w6 * h.h1;
            double r2 = 1 - b3 - w5 * g.h2 - w6 * h.h2, r3 = -b3 - w5 * g.h3 - w6 * h.h3;
            if (watch) {
                double e = 0.25 * (r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3);
                first[i] = (first[i] < 0) & (e <= tolerance) ? now : first[i];
            }
            double g0 = r0 * g.h0, g1 = r1 * g.h1, g2 = r2 * g.h2, g3 = r3 * g.h3;
            double h0 = r0 * h.h0, h1 = r1 * h.h1, h2 = r2 * h.h2, h3 = r3 * h.h3;
            double s0 = g0 - g0 * g.h0, s1 = g1 - g1 * g.h1, s2 = g2 - g2 * g.h2, s3 = g3 - g3 * g.h3;
            double t0 = h0 - h0 * h.h0, t1 = h1 - h1 * h.h1, t2 = h2 - h2 * h.h2, t3 = h3 - h3 * h.h3;
            double below1 = rate * w5, below2 = rate * w6;
            double dw1 = below1 * (s1 + s3), dw3 = below1 * (s2 + s3), db1 = below1 * ((s0 + s1) + (s2 + s3));
            double dw2 = below2 * (t1 + t3), dw4 = below2 * (t2 + t3), db2 = below2 * ((t0 + t1) + (t2 + t3));
            p[W1][i] = w1 + dw1, p[W3][i] = w3 + dw3, p[B1][i] = b1 + db1;
            p[W2][i] = w2 + dw2, p[W4][i] = w4 + dw4, p[B2][i] = b2 + db2;
            p[W5][i] = w5 + rate * ((g0 + g1) + (g2 + g3));
            p[W6][i] = w6 + rate * ((h0 + h1) + (h2 + h3));
            p[B3][i] = b3 + rate * ((r0 + r1) + (r2 + r3));
#if VARIANT == 4
            q[0][i] = advance(q[0][i], -db1), q[1][i] = advance(q[1][i], -dw1), q[2][i] = advance(q[2][i], -dw3);
            q[3][i] = advance(q[3][i], -db2), q[4][i] = advance(q[4][i], -dw2), q[5][i] = advance(q[5][i], -dw4);
#endif
        }
    }
}

static void errors_of(Block *block) {
    double (*p)[BLOCK] = block->theta;
    for (int i = 0; i < BLOCK; i++) {
        double sum = 0;
        for (int s = 0; s < 4; s++) {
            double x = s & 1, y = s >> 1, target = (s == 1) | (s == 2);
            double g = 1 / (1 + exp(-p[B1][i] - x * p[W1][i] - y * p[W3][i]));
            double h = 1 / (1 + exp(-p[B2][i] - x * p[W2][i] - y * p[W4][i]));
            double r = target - p[B3][i] - p[W5][i] * g - p[W6][i] * h;
            sum += r * r;
        }
        block->error[i] = sum / 4;
    }
}

static void to_the_end(Block *block, int steps, double alpha) { steps_of(block, steps, alpha, 0, 0, 0); }

/* Until the last run of the block has converged; looked at once a window. */
static void to_the_tolerance(Block *block, int steps, double alpha, double tolerance) {
    for (int i = 0; i < BLOCK; i++)
        block->first[i] = -1;
    for (int done = 0; done < steps; done += WINDOW) {
        int window = steps - done < WINDOW ? steps - done : WINDOW, open = 0;
        steps_of(block, window, alpha, done, tolerance, 1);
        for (int i = 0; i < BLOCK; i++)
            open += block->first[i] < 0;
        if (!open)
            return;
    }
    /* The last point may be the first at the tolerance. */
    errors_of(block);
    for (int i = 0; i < BLOCK; i++)
        if (block->first[i] < 0 && block->error[i] <= tolerance)
            block->first[i] = steps;
}

int main(int count, char **arguments) {
    if (count != 4)
        return fprintf(stderr, "usage: peer STARTS RUNS THREADS\n"), 2;
    int runs = atoi(arguments[2]), blocks = (runs + BLOCK - 1) / BLOCK;
    omp_set_num_threads(atoi(arguments[3]));
    double *starts = malloc(sizeof(double) * PARAMETERS * runs);
    FILE *file = fopen(arguments[1], "rb");
    if (!starts || !file || fread(starts, sizeof(double) * PARAMETERS, runs, file) != (size_t)runs)
        return fprintf(stderr, "cannot read the starts\n"), 1;
    fclose(file);
    Block *all = aligned_alloc(64, sizeof(Block) * blocks);
    if (!all)
        return fprintf(stderr, "no memory\n"), 1;

    printf("{\"ready\": true, \"version\": \"gcc %d.%d.%d\"}\n", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
    fflush(stdout);
    char task[16];
    int steps;
    double alpha, tolerance;
    while (scanf("%15s %d %lf %lf", task, &steps, &alpha, &tolerance) == 4) {
        int stop = !strcmp(task, "stop");
        double begin = omp_get_wtime();
#pragma omp parallel for schedule(dynamic, 1)
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < BLOCK; i++) {
                int run = b * BLOCK + i < runs ? b * BLOCK + i : runs - 1; /* the last block is filled up */
                for (int k = 0; k < PARAMETERS; k++)
                    all[b].theta[k][i] = starts[run * PARAMETERS + k];
            }
            if (stop)
                to_the_tolerance(&all[b], steps, alpha, tolerance);
            else
                to_the_end(&all[b], steps, alpha), errors_of(&all[b]);
        }
        double seconds = omp_get_wtime() - begin, sum = 0, converged = 0, taken = 0;
        for (int run = 0; run < runs; run++) {
            Block *block = &all[run / BLOCK];
            int i = run % BLOCK;
            if (stop) {
                int is = block->first[i] >= 0;
                converged += is;
                taken += is ? block->first[i] : steps;
            } else {
                sum += block->error[i];
            }
        }
        if (stop)
            printf("{\"seconds\": %.9f, \"converged\": %.0f, \"mean_steps\": %.9g}\n", seconds, converged, taken / runs);
        else
            printf("{\"seconds\": %.9f, \"mean_error\": %.17g}\n", seconds, sum / runs);
        fflush(stdout);
    }
    return 0;
}
