// OpenBLAS: matrix products, and LAPACK's Cholesky factors, inverses and solutions, for the rankers.
#include <cblas.h>

void spotrf_(const char *triangle, const int *size, float *matrix, const int *stride, int *info);
void spotri_(const char *triangle, const int *size, float *matrix, const int *stride, int *info);
void ssyev_(
    const char *job, const char *triangle, const int *size, float *matrix, const int *stride, float *values, float *work,
    const int *room, int *info);
void spotrs_(
    const char *triangle, const int *size, const int *columns, const float *factor, const int *stride, float *vectors,
    const int *vectorStride, int *info);

// Not in every build of OpenBLAS: null where there are no threads.
extern int blas_thread_shutdown_(void) __attribute__((weak));

static inline void openblas_end_threads(void) {
    if (blas_thread_shutdown_) blas_thread_shutdown_();
}
