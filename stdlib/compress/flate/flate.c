/* SPDX-License-Identifier: MIT */
/* compress/flate: zlib, loaded when a program first compresses, so that no other start pays for it.
 *
 * Its memory is collected memory, so a stream that is not closed is no leak. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"

#include <dlfcn.h>
#include <pthread.h>

#define WINDOW_BITS (-15) /* negative: raw, without a header */
#define MEM_LEVEL   8
#define VERSION     "1" /* the interface's, which has not changed since 1995 */

enum { NO_FLUSH = 0, SYNC_FLUSH = 2, FINISH = 4 };
enum { STREAM_END = 1, NEED_DICT = 2, DATA_ERROR = -3 };
enum { DEFLATED = 8, DEFAULT_STRATEGY = 0, HUFFMAN_ONLY = 2 };

typedef struct Stream { /* z_stream of zlib.h */
    const void *next_in;
    unsigned avail_in;
    unsigned long total_in;
    void *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *msg;
    void *state;
    void *(*zalloc)(void *opaque, unsigned n, unsigned size);
    void (*zfree)(void *opaque, void *memory);
    void *opaque;
    int data_type;
    unsigned long adler, reserved;
} Stream;

typedef int InitInflate(Stream *, int window_bits, const char *version, int size);
typedef int InitDeflate(Stream *, int level, int method, int window_bits, int mem_level,
                        int strategy, const char *version, int size);
typedef int Run(Stream *, int flush);
typedef int SetDictionary(Stream *, const void *dictionary, unsigned len);

static struct Library { /* fixed after `once` */
    InitInflate *init_inflate;
    InitDeflate *init_deflate;
    Run *inflate, *deflate;
    SetDictionary *inflate_dictionary, *deflate_dictionary;
    bool is_there;
} library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *handle = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    *(void **)&library.init_inflate = dlsym(handle, "inflateInit2_");
    *(void **)&library.init_deflate = dlsym(handle, "deflateInit2_");
    *(void **)&library.inflate = dlsym(handle, "inflate");
    *(void **)&library.deflate = dlsym(handle, "deflate");
    *(void **)&library.inflate_dictionary = dlsym(handle, "inflateSetDictionary");
    *(void **)&library.deflate_dictionary = dlsym(handle, "deflateSetDictionary");
    library.is_there = library.init_inflate && library.init_deflate && library.inflate &&
                       library.deflate && library.inflate_dictionary && library.deflate_dictionary;
}

static void *allocate(void *opaque, unsigned n, unsigned size)
{
    (void)opaque;
    return gc_new((size_t)n * size);
}

static void release(void *opaque, void *memory)
{
    (void)opaque;
    (void)memory;
}

/* A stream; NULL, with a panic to come, where zlib is not installed. */
static Stream *new_stream(NativeCall *call)
{
    pthread_once(&once, load);
    if (!library.is_there) {
        native_panic_string(call, "compress/flate: libz.so.1 is not installed");
        return NULL;
    }
    Stream *z = gc_new(sizeof *z);
    z->zalloc = allocate;
    z->zfree = release;
    return z;
}

void native_compress_flate_newInflater(NativeCall *call)
{
    Stream *z = new_stream(call);
    Slice dictionary = arg_slice(call, 0);
    if (!z) return;
    library.init_inflate(z, WINDOW_BITS, VERSION, (int)sizeof *z);
    if (dictionary.len > 0)
        library.inflate_dictionary(z, dictionary.data, (unsigned)dictionary.len);
    ret_ptr(call, 0, z);
}

void native_compress_flate_newDeflater(NativeCall *call)
{
    Stream *z = new_stream(call);
    int level = (int)arg_int(call, 0);
    Slice dictionary = arg_slice(call, 1);
    if (!z) return;
    library.init_deflate(z, level == -2 ? 1 : level, DEFLATED, WINDOW_BITS, MEM_LEVEL,
                         level == -2 ? HUFFMAN_ONLY : DEFAULT_STRATEGY, VERSION, (int)sizeof *z);
    if (dictionary.len > 0)
        library.deflate_dictionary(z, dictionary.data, (unsigned)dictionary.len);
    ret_ptr(call, 0, z);
}

/* Runs once over the two slices from argument slot 1 on; returns zlib's status. */
static int run(NativeCall *call, Run *step, int flush)
{
    Stream *z = arg_ptr(call, 0);
    Slice src = arg_slice(call, 1), dst = arg_slice(call, 4);
    char none;
    z->next_in = src.data;
    z->avail_in = (unsigned)src.len;
    z->next_out = dst.len > 0 ? dst.data : &none;
    z->avail_out = (unsigned)dst.len;
    int status = step(z, flush);
    ret_int(call, 0, src.len - (int64_t)z->avail_in);
    ret_int(call, 1, dst.len - (int64_t)z->avail_out);
    z->next_in = z->next_out = NULL; /* not to be kept alive */
    return status;
}

void native_compress_flate_inflate(NativeCall *call)
{
    int status = run(call, library.inflate, NO_FLUSH);
    ret_bool(call, 2, status == STREAM_END);
    ret_bool(call, 3, status == DATA_ERROR || status == NEED_DICT);
}

void native_compress_flate_deflate(NativeCall *call)
{
    static const int flushes[] = {NO_FLUSH, SYNC_FLUSH, FINISH};
    run(call, library.deflate, flushes[arg_int(call, 7)]);
}
