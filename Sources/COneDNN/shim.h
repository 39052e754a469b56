// oneDNN's C interface, the only door to it. `dnnl.h` brings types, primitives and the version macros.
#include <oneapi/dnnl/dnnl.h>
