#define _GNU_SOURCE
#include "AllocationCounter.h"
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_int counting;
static atomic_long by_onednn, by_others;
static char *library_begin, *library_end;
static __thread int included, inside;

static int find_library(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size;
    (void)unused;
    if (!strstr(info->dlpi_name, "libdnnl")) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
        char *begin = (char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        char *end = begin + info->dlpi_phdr[i].p_memsz;
        if (!library_begin || begin < library_begin) library_begin = begin;
        if (end > library_end) library_end = end;
    }
    return 1;
}

void allocation_counting_include_thread(int include) {
    // The first backtrace of a process allocates.
    void *frames[4];
    backtrace(frames, 4);
    included = include;
}

void allocation_counting_start(void) {
    if (!library_begin) dl_iterate_phdr(find_library, NULL);
    by_onednn = by_others = 0;
    counting = 1;
}

allocation_counts allocation_counting_stop(void) {
    counting = 0;
    return (allocation_counts){by_onednn, by_others};
}

static void count(void) {
    if (!included || inside) return;
    inside = 1;
    void *frames[12];
    int depth = backtrace(frames, 12), found = 0;
    for (int i = 0; i < depth && !found; i++)
        found = (char *)frames[i] >= library_begin && (char *)frames[i] < library_end;
    if (found) by_onednn++;
    else by_others++;
    inside = 0;
}

void *malloc(size_t size) {
    if (counting) count();
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    if (counting) count();
    return __libc_calloc(items, size);
}

void *realloc(void *block, size_t size) {
    if (counting) count();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    if (counting) count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (counting) count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    if (counting) count();
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : 12 /* ENOMEM */;
}
