// OpenBLAS: matrix products, and LAPACK's Cholesky factors and inverses, for the rankers.
#include <cblas.h>

void spotrf_(const char *triangle, const int *size, float *matrix, const int *stride, int *info);
void spotri_(const char *triangle, const int *size, float *matrix, const int *stride, int *info);
void ssyev_(
    const char *job, const char *triangle, const int *size, float *matrix, const int *stride, float *values, float *work,
    const int *room, int *info);
