// Turns of an event loop of ours, taken from inside Node's: see host.c.
#include "host.h"

#include <sys/timerfd.h>

// How long our loop may keep Node's waiting. Long enough that the way back through
// libuv (about 1 us) is lost in the noise, short against what a timer or a socket
// of Node's would notice.
#define MOST_CALLS 64
#define MOST_NANOSECONDS 1000000

static void set_timer(host_t *host, double deadline) {
  if (deadline == host->armed) return;
  host->armed = deadline;
  // All zero disarms, and takes back an expiry that was not read.
  struct itimerspec when = {{0, 0}, {0, 0}};
  if (deadline != INFINITY) {
    // Written so that NaN, too, is a deadline that has passed.
    if (!(deadline > 1e-6)) deadline = 1e-6;
    if (deadline > 1e15) deadline = 1e15;
    double seconds = floor(deadline / 1e3);
    double nanoseconds = ceil((deadline - seconds * 1e3) * 1e6);
    if (nanoseconds >= 1e9) {
      seconds += 1;
      nanoseconds = 0;
    }
    when.it_value.tv_sec = (time_t)seconds;
    when.it_value.tv_nsec = (long)nanoseconds;
  }
  timerfd_settime(host->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void run_again(host_t *host) {
  if (host->again_runs) return;
  host->again_runs = true;
  uv_idle_start(host->again, on_again);
}

// After a drive: leave Node's loop in the state that the loop's needs call for.
static void settle(host_t *host) {
  if (host->shared[READY] != 0) {
    run_again(host);
  } else if (host->again_runs) {
    host->again_runs = false;
    uv_idle_stop(host->again);
  }
  // A timer that is due while work is ready will be seen by the next turn anyway.
  set_timer(host, host->shared[READY] != 0 ? INFINITY : host->shared[DEADLINE]);
  if (host->shared[REFS] > 0)
    uv_ref(host->readiness);
  else
    uv_unref(host->readiness);
}

static void take_turns(host_t *host) {
  napi_env env = host->environment->env;
  napi_handle_scope scope;
  napi_value turn, receiver, ignored;
  CHECK(env, napi_open_handle_scope(env, &scope));
  CHECK(env, napi_get_reference_value(env, host->turn, &turn));
  CHECK(env, napi_get_global(env, &receiver));
  napi_status status =
      napi_make_callback(env, host->context, receiver, turn, 0, NULL, &ignored);
  if (status == napi_pending_exception) {
    napi_value error;
    CHECK(env, napi_get_and_clear_last_exception(env, &error));
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

static bool is_over(const host_t *host) { return host->closing || host->environment->ending; }

// Where the shared array's memory is: looked up for every turn, since JavaScript may
// have transferred it, and what a pointer kept from the last turn pointed to is gone then.
static bool find_words(host_t *host) {
  if (is_over(host)) return false;
  napi_env env = host->environment->env;
  napi_handle_scope scope;
  napi_value array;
  napi_typedarray_type type;
  size_t length;
  void *words;
  CHECK(env, napi_open_handle_scope(env, &scope));
  CHECK(env, napi_get_reference_value(env, host->shared_ref, &array));
  CHECK(env, napi_get_typedarray_info(env, array, &type, &length, &words, NULL, NULL));
  CHECK(env, napi_close_handle_scope(env, scope));
  host->shared = words;
  if (length < WORDS) close_host(host);
  return length >= WORDS;
}

static void drive(host_t *host) {
  if (host->driving || !find_words(host)) return;
  host->driving = true;
  host->shared[DRIVING] = 1;
  uint64_t started = uv_hrtime();
  int calls = 0;
  do {
    host->shared[READY] = 0;
    take_turns(host);
  } while (find_words(host) && host->shared[READY] != 0 &&
           ++calls < MOST_CALLS && uv_hrtime() - started < MOST_NANOSECONDS);
  host->driving = false;
  if (is_over(host)) return;
  host->shared[DRIVING] = 0;
  settle(host);
}

void on_readiness(uv_handle_t *handle, int status, int events) {
  (void)status;
  (void)events;
  drive(uv_handle_get_data(handle));
}

void on_again(uv_handle_t *handle) { drive(uv_handle_get_data(handle)); }
