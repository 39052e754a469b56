// zlib and zstd: logs are read as they come.
#include <zlib.h>
#include <zstd.h>
