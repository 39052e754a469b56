// Counts calls of malloc and its kin on all threads, for tests that claim to allocate nothing. Linking this
// target puts its functions before those of the C library in the test executable.
#ifndef TANDEM_ALLOCATION_COUNTER_H
#define TANDEM_ALLOCATION_COUNTER_H

typedef struct {
    // Blocks asked for by oneDNN on its own account, or by what it called.
    long by_onednn;
    // All other blocks.
    long by_others;
} allocation_counts;

// Prepares for counting, which itself allocates.
void allocation_counting_prepare(void);
void allocation_counting_start(void);
allocation_counts allocation_counting_stop(void);

#endif
