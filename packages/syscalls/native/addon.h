// What every family of system calls shares: reading arguments, giving results,
// and the state of one environment (one per thread that loads the addon).
//
// The rules of this addon:
//  - integers in, integers out; bulk results go into typed arrays of the caller;
//  - a call returns its value or -errno, never throws;
//  - a wrong argument returns a code below -BAD_ARGUMENT that names the argument
//    and whether its type or its range is wrong; TypeScript makes the exception.
#ifndef TSYNCIO_ADDON_H
#define TSYNCIO_ADDON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <math.h>
#include <node_api.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <time.h>

#define BAD_ARGUMENT 100000
enum bad_kind { BAD_TYPE = 0, BAD_RANGE = 1 };

// A status that cannot be wrong unless this addon has a bug or memory is gone.
#define CHECK(env, call)                                                       \
  do {                                                                         \
    if ((call) != napi_ok)                                                     \
      napi_fatal_error(__FILE__, NAPI_AUTO_LENGTH, #call, NAPI_AUTO_LENGTH);   \
  } while (0)

// The value of a system call, or -errno.
static inline int64_t result_of(int64_t value) { return value < 0 ? -errno : value; }

#define MOST_ARGUMENTS 10

typedef struct {
  napi_env env;
  napi_value value[MOST_ARGUMENTS];
  size_t count;
  int64_t bad; // 0, or the code of the first wrong argument
} args_t;

typedef struct {
  void *data;
  size_t length; // elements
} span_t;

args_t args_begin(napi_env env, napi_callback_info info);
void args_fail(args_t *args, int index, enum bad_kind kind);
int64_t arg_int(args_t *args, int index, int64_t least, int64_t most);
double arg_double(args_t *args, int index);
bool arg_is_nullish(args_t *args, int index);
// A Uint8Array, with `offset` and `length` taken from the next two arguments.
span_t arg_slice(args_t *args, int index);
// A whole typed array of the given type with at least `least` elements.
span_t arg_array(args_t *args, int index, napi_typedarray_type type, size_t least);
// A Uint8Array whose length may be given by the next argument; nullish means all of it.
span_t arg_address(args_t *args, int index);
// An array of Uint8Arrays. `out` has room for MOST_BUFFERS.
#define MOST_BUFFERS 1024
int arg_buffers(args_t *args, int index, struct iovec *out);
// A timeout in milliseconds: negative waits for ever (NULL), NaN is refused.
struct timespec *arg_timeout(args_t *args, int index, struct timespec *storage);

static inline int arg_fd(args_t *args, int index) {
  return (int)arg_int(args, index, 0, INT32_MAX);
}

napi_value give(napi_env env, int64_t value);

// One environment's own state.
struct host;
typedef struct environment {
  napi_env env;
  napi_async_cleanup_hook_handle cleanup;
  uint8_t *owned;       // bitmap of the fds made here and not yet closed
  size_t owned_bytes;
  int guard;            // see guard.c
  bool is_worker;
  struct host **hosts;  // see host.c
  size_t host_count;
  size_t open_handles;  // libuv handles not yet closed
  bool ending;
} environment_t;

environment_t *environment_of(napi_env env);
// Remembers a new fd (or passes a -errno through), so that it can be closed
// when the environment ends.
int64_t own_fd(environment_t *environment, int64_t fd);
// The same for the two fds of a pipe or a socketpair; they go to `out`.
int64_t own_pair(environment_t *environment, int64_t result, const int fds[2], int32_t *out);
void disown_fd(environment_t *environment, int fd);
void close_owned_fds(environment_t *environment);

// guard.c: a wait that a dying worker can leave.
int64_t guarded_poll(environment_t *environment, struct pollfd *fds, nfds_t count,
                     const struct timespec *timeout);
bool guard_applies(environment_t *environment, const struct timespec *timeout);

// signal.c
void give_up_signals(environment_t *environment);

// host.c
void close_hosts(environment_t *environment);
void finish_cleanup(environment_t *environment);

typedef struct {
  const char *name;
  napi_callback call;
} function_t;

void define_functions(napi_env env, napi_value exports, const function_t *functions, size_t count);
#define DEFINE(env, exports, table)                                            \
  define_functions(env, exports, table, sizeof(table) / sizeof((table)[0]))

typedef struct {
  const char *name;
  double value;
} constant_t;

void define_constants(napi_env env, napi_value exports, const constant_t *constants, size_t count);

#endif
