/* SPDX-License-Identifier: MIT */
/* The ziggurat method of Marsaglia and Tsang (Journal of Statistical Software 5.8, 2000).
 *
 * The area under the density is cut into horizontal layers of equal area. A random layer and a
 * random place in it mostly fall into the part that lies wholly under the curve, known by one
 * comparison; else the curve is asked. The tables are computed as the paper gives them, once. */
#include "stdlib/math/rand/ziggurat.h"

#include "stdlib/math/elementary.h"

#include <math.h>
#include <pthread.h>

#define NORMAL_LAYERS      128
#define EXPONENTIAL_LAYERS 256

/* Fixed after `once`: per layer, the bits that are surely inside, a bit's width, the density. */
static uint32_t normal_inside[NORMAL_LAYERS];
static float normal_width[NORMAL_LAYERS], normal_density[NORMAL_LAYERS];
static uint32_t exponential_inside[EXPONENTIAL_LAYERS];
static float exponential_width[EXPONENTIAL_LAYERS], exponential_density[EXPONENTIAL_LAYERS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_normal(void)
{
    const double scale = 2147483648.0, area = 9.91256303526217e-3;
    double edge = 3.442619855899, below = edge;
    double base = area / exp(-.5 * edge * edge);
    normal_inside[0] = (uint32_t)(edge / base * scale);
    normal_width[0] = (float)(base / scale);
    normal_density[0] = 1;
    normal_width[NORMAL_LAYERS - 1] = (float)(edge / scale);
    normal_density[NORMAL_LAYERS - 1] = (float)exp(-.5 * edge * edge);
    for (int i = NORMAL_LAYERS - 2; i >= 1; i--) {
        edge = sqrt(-2 * log(area / edge + exp(-.5 * edge * edge)));
        normal_inside[i + 1] = (uint32_t)(edge / below * scale);
        below = edge;
        normal_density[i] = (float)exp(-.5 * edge * edge);
        normal_width[i] = (float)(edge / scale);
    }
}

static void make_exponential(void)
{
    const double scale = 4294967296.0, area = 3.949659822581572e-3;
    double edge = 7.69711747013104972, below = edge;
    double base = area / exp(-edge);
    exponential_inside[0] = (uint32_t)(edge / base * scale);
    exponential_width[0] = (float)(base / scale);
    exponential_density[0] = 1;
    exponential_width[EXPONENTIAL_LAYERS - 1] = (float)(edge / scale);
    exponential_density[EXPONENTIAL_LAYERS - 1] = (float)exp(-edge);
    for (int i = EXPONENTIAL_LAYERS - 2; i >= 1; i--) {
        edge = -log(area / edge + exp(-edge));
        exponential_inside[i + 1] = (uint32_t)(edge / below * scale);
        below = edge;
        exponential_density[i] = (float)exp(-edge);
        exponential_width[i] = (float)(edge / scale);
    }
}

static void make_tables(void)
{
    make_normal();
    make_exponential();
}

bool ziggurat_normal(int32_t bits, int layer, double *x)
{
    pthread_once(&once, make_tables);
    *x = (double)bits * (double)normal_width[layer];
    return (bits < 0 ? -(uint32_t)bits : (uint32_t)bits) < normal_inside[layer];
}

bool ziggurat_exponential(uint32_t bits, int layer, double *x)
{
    pthread_once(&once, make_tables);
    *x = (double)bits * (double)exponential_width[layer];
    return bits < exponential_inside[layer];
}

bool ziggurat_normal_accepts(int layer, double x, double uniform)
{
    const float *density = normal_density;
    return density[layer] + (float)uniform * (density[layer - 1] - density[layer]) <
           (float)elementary_exp(-.5 * x * x);
}

bool ziggurat_exponential_accepts(int layer, double x, double uniform)
{
    const float *density = exponential_density;
    return density[layer] + (float)uniform * (density[layer - 1] - density[layer]) <
           (float)elementary_exp(-x);
}
