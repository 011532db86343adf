/* SPDX-License-Identifier: MIT */
/* How long a program takes from start to end, and how much memory:
 *
 *     start COUNT COMMAND [ARGS]    prints "MS KB": the median time of COUNT runs and the largest resident set of any
 *
 * A child's peak counts what its parent had when they parted, so the parent must be small: C, not a script. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Runs the command without output; *kb gets the peak of its resident set. Returns its time, or -1 where it failed. */
static double run_once(char **command, long *kb)
{
    double begin = now_ms();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execvp(command[0], command);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) return -1;
    *kb = usage.ru_maxrss;
    return now_ms() - begin;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0;
    if (count < 1) return 2;
    double *times = calloc((size_t)count, sizeof *times);
    long most = 0, kb;
    for (int i = 0; i < count; i++) {
        times[i] = run_once(argv + 2, &kb);
        if (times[i] < 0) {
            fprintf(stderr, "%s failed\n", argv[2]);
            return 1;
        }
        if (kb > most) most = kb;
    }
    qsort(times, (size_t)count, sizeof *times, compare);
    printf("%.2f %ld\n", times[count / 2], most);
    free(times);
    return 0;
}
