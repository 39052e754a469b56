// Counts calls of malloc and its kin on chosen threads, for tests that claim to allocate nothing. Linking this
// target puts its functions before those of the C library in the test executable.
#ifndef TANDEM_ALLOCATION_COUNTER_H
#define TANDEM_ALLOCATION_COUNTER_H

typedef struct {
    // Blocks asked for by oneDNN on its own account, or by what it called.
    long by_onednn;
    // All other blocks.
    long by_others;
} allocation_counts;

// Includes the calling thread in what is counted, or leaves it out again.
void allocation_counting_include_thread(int included);
void allocation_counting_start(void);
allocation_counts allocation_counting_stop(void);

#endif
