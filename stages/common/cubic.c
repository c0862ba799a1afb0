/* cubic.c -- interpolation between pixels by the cubic of Catmull and Rom (1974). */
#include "common/cubic.h"

#include <math.h>

double cubic_kernel(double x)
{
	x = fabs(x);
	if (x < 1)
		return (1.5 * x - 2.5) * x * x + 1;
	return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

void cubic_weights(double at, double weights[4])
{
	for (int i = 0; i < 4; i++)
		weights[i] = cubic_kernel(at - (i - 1));
}
