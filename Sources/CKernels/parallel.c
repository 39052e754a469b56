#include "simd.h"
#include <sys/prctl.h>

// libgomp's own entry points: oneDNN runs on this library, and sharing its threads avoids a second pool
// that would fight it for the cores.
extern void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int);

typedef struct {
    tk_body body;
    void *context;
} tk_call;

static void tk_entry(void *data) {
    tk_call *call = data;
    call->body(call->context, omp_get_thread_num(), omp_get_num_threads());
}

void tk_parallel(tk_body body, void *context) {
    tk_call call = {body, context};
    if (omp_get_max_threads() == 1)
        body(context, 0, 1);
    else
        GOMP_parallel(tk_entry, &call, 0, 0);
}

void tk_set_threads(int count) { omp_set_num_threads(count); }
int tk_threads(void) { return omp_get_max_threads(); }
void tk_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
