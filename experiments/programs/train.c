/* A C program as a trial: cc -O2 -o train train.c -lm; its metrics are found in what it prints. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    double lr = argc > 1 ? atof(argv[1]) : 0.1, x = 3;
    for (int step = 1; step <= 20; step++)
    {
        x -= lr * (2 * x + sin(5 * x));
        printf("step %d: val_loss=%g\n", step, x * x);
        fflush(stdout);
    }

    return 0;
}
