// Multiversioned loops; see CKernels.h.
#include "CKernels.h"
