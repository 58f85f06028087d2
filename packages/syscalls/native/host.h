// What a host is, and the few functions of libuv that it needs, declared by hand: they
// have been the same for the whole of libuv 1.x, and no struct of libuv is compiled in.
#ifndef TSYNCIO_HOST_H
#define TSYNCIO_HOST_H

#include "addon.h"

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef void (*uv_poll_callback)(uv_handle_t *handle, int status, int events);
typedef void (*uv_idle_callback)(uv_handle_t *handle);
typedef void (*uv_close_callback)(uv_handle_t *handle);
enum { UV_IDLE = 6, UV_POLL = 8, UV_READABLE = 1 };

extern size_t uv_handle_size(int type);
extern void *uv_handle_get_data(const uv_handle_t *handle);
extern void uv_handle_set_data(uv_handle_t *handle, void *data);
extern void uv_ref(uv_handle_t *handle);
extern void uv_unref(uv_handle_t *handle);
extern void uv_close(uv_handle_t *handle, uv_close_callback callback);
extern int uv_poll_init(uv_loop_t *loop, uv_handle_t *handle, int fd);
extern int uv_poll_start(uv_handle_t *handle, int events, uv_poll_callback callback);
extern int uv_idle_init(uv_loop_t *loop, uv_handle_t *handle);
extern int uv_idle_start(uv_handle_t *handle, uv_idle_callback callback);
extern int uv_idle_stop(uv_handle_t *handle);
extern uint64_t uv_hrtime(void);

// The words of the shared array. `hosted-driver.ts` has the same list.
enum {
  READY,    // handles that wait to run; not 0 brings another turn
  DEADLINE, // when the next timer is due, in CLOCK_MONOTONIC milliseconds; or Infinity
  REFS,     // what keeps the process alive, beside ready handles
  DRIVING,  // 1 while C is between the first and the last turn of a drive
  WORDS
};

typedef struct host {
  environment_t *environment;
  size_t id;
  uv_handle_t *readiness;
  uv_handle_t *again;
  bool again_runs;
  bool closing;
  bool driving;
  int epfd; // a duplicate: libuv aborts the process when an fd that it polls was closed
  int timer;
  double armed;
  double *shared;
  napi_ref shared_ref;
  napi_ref turn;
  napi_async_context context;
} host_t;

// host.c
void close_host(host_t *host);

// drive.c
void run_again(host_t *host);
void on_readiness(uv_handle_t *handle, int status, int events);
void on_again(uv_handle_t *handle);

#endif
