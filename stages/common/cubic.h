/* cubic.h -- interpolation between pixels by the cubic of Catmull and Rom (1974), which does not blur as the linear one does. */
#ifndef COMMON_CUBIC_H
#define COMMON_CUBIC_H

/* Weights of the four neighbours -1, 0, 1, 2 of a place between 0 and 1; they sum to 1. */
void cubic_weights(double at, double weights[4]);
/* The kernel at a distance from its middle: 0 from 2 on. */
double cubic_kernel(double distance);

#endif
