// An event loop of ours inside Node's: the only file that speaks libuv.
//
// A host has two libuv handles. `readiness` polls the loop's epoll fd: it is
// readable when any fd or the timerfd inside it is. `again` is an idle handle: while
// it runs, Node's loop does not block, passes through all its phases, and then
// comes here. Both lead to `drive`, which makes one call into JavaScript for each
// turn and goes on while there is ready work and the budget lasts.
//
// JavaScript and C share one Float64Array, so that a turn costs one crossing:
// JavaScript writes what it needs (READY, DEADLINE, REFS), C reads it afterwards.
//
// No struct of libuv is compiled in: handles are allocated by uv_handle_size(),
// and the functions, stable for the whole of libuv 1.x, are declared by hand.
#include "addon.h"

#include <fcntl.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

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

// How long our loop may keep Node's waiting. Long enough that the way back through
// libuv (about 1 us) is lost in the noise, short against what a timer or a socket
// of Node's would notice.
#define MOST_TURNS 64
#define MOST_NANOSECONDS 1000000

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

static void on_closed(uv_handle_t *handle) {
  host_t *host = uv_handle_get_data(handle);
  environment_t *environment = host->environment;
  free(handle);
  if (handle == host->readiness) host->readiness = NULL;
  if (handle == host->again) host->again = NULL;
  if (host->readiness == NULL && host->again == NULL && !host->driving) free(host);
  environment->open_handles--;
  finish_cleanup(environment);
}

static void close_host(host_t *host) {
  if (host->closing) return;
  host->closing = true;
  environment_t *environment = host->environment;
  environment->hosts[host->id] = NULL;
  if (!environment->ending) {
    CHECK(environment->env, napi_delete_reference(environment->env, host->turn));
    CHECK(environment->env, napi_delete_reference(environment->env, host->shared_ref));
    CHECK(environment->env, napi_async_destroy(environment->env, host->context));
  }
  uv_close(host->readiness, on_closed);
  uv_close(host->again, on_closed);
  close(host->epfd);
}

void close_hosts(environment_t *environment) {
  for (size_t id = 0; id < environment->host_count; id++)
    if (environment->hosts[id] != NULL) close_host(environment->hosts[id]);
}

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

static void on_again(uv_handle_t *handle);

static void run_again(host_t *host) {
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

static void take_one_turn(host_t *host) {
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
  int turns = 0;
  do {
    host->shared[READY] = 0;
    take_one_turn(host);
  } while (find_words(host) && host->shared[READY] != 0 &&
           ++turns < MOST_TURNS && uv_hrtime() - started < MOST_NANOSECONDS);
  host->driving = false;
  if (is_over(host)) return;
  host->shared[DRIVING] = 0;
  settle(host);
}

static void on_readiness(uv_handle_t *handle, int status, int events) {
  (void)status;
  (void)events;
  drive(uv_handle_get_data(handle));
}

static void on_again(uv_handle_t *handle) { drive(uv_handle_get_data(handle)); }

static int64_t place_for_host(environment_t *environment) {
  for (size_t id = 0; id < environment->host_count; id++)
    if (environment->hosts[id] == NULL) return (int64_t)id;
  size_t count = environment->host_count * 2 + 4;
  host_t **larger = realloc(environment->hosts, count * sizeof *larger);
  if (larger == NULL) return -ENOMEM;
  memset(larger + environment->host_count, 0, (count - environment->host_count) * sizeof *larger);
  int64_t id = (int64_t)environment->host_count;
  environment->hosts = larger;
  environment->host_count = count;
  return id;
}

static uv_handle_t *make_handle(host_t *host, int type) {
  uv_handle_t *handle = calloc(1, uv_handle_size(type));
  if (handle != NULL) uv_handle_set_data(handle, host);
  return handle;
}

static int64_t open_host(environment_t *environment, int epfd, int timer, napi_value shared,
                         napi_value turn) {
  napi_env env = environment->env;
  int64_t id = place_for_host(environment);
  if (id < 0) return id;
  host_t *host = calloc(1, sizeof *host);
  if (host == NULL) return -ENOMEM;
  host->environment = environment;
  host->id = (size_t)id;
  host->timer = timer;
  host->armed = INFINITY;
  host->epfd = (int)result_of(fcntl(epfd, F_DUPFD_CLOEXEC, 0));
  host->readiness = make_handle(host, UV_POLL);
  host->again = make_handle(host, UV_IDLE);

  struct uv_loop_s *loop;
  CHECK(env, napi_get_uv_event_loop(env, &loop));
  int failed = 0;
  if (host->epfd < 0)
    failed = host->epfd;
  else if (host->readiness == NULL || host->again == NULL)
    failed = -ENOMEM;
  else
    failed = uv_poll_init(loop, host->readiness, host->epfd);
  if (failed < 0) {
    if (host->epfd >= 0) close(host->epfd);
    free(host->readiness);
    free(host->again);
    free(host);
    return failed;
  }
  // uv_*_init cleared the data only if calloc had not; set it again to be independent of that.
  uv_idle_init(loop, host->again);
  uv_handle_set_data(host->readiness, host);
  uv_handle_set_data(host->again, host);
  environment->open_handles += 2;
  environment->hosts[id] = host;

  napi_value name;
  CHECK(env, napi_create_string_utf8(env, "tsyncio.turn", NAPI_AUTO_LENGTH, &name));
  CHECK(env, napi_async_init(env, NULL, name, &host->context));
  CHECK(env, napi_create_reference(env, shared, 1, &host->shared_ref));
  CHECK(env, napi_create_reference(env, turn, 1, &host->turn));
  uv_poll_start(host->readiness, UV_READABLE, on_readiness);
  uv_unref(host->readiness);
  return id;
}

static host_t *arg_host(args_t *args, int index) {
  environment_t *environment = environment_of(args->env);
  int64_t id = arg_int(args, index, 0, (int64_t)environment->host_count - 1);
  if (args->bad) return NULL;
  if (environment->hosts[id] == NULL) args_fail(args, index, BAD_RANGE);
  return environment->hosts[id];
}

// hostOpen(epfd, timerfd, shared: Float64Array, turn: () => void) -> id
static napi_value host_open(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int epfd = arg_fd(&args, 0);
  int timer = arg_fd(&args, 1);
  arg_array(&args, 2, napi_float64_array, WORDS);
  napi_valuetype type = napi_undefined;
  if (args.count > 3) CHECK(env, napi_typeof(env, args.value[3], &type));
  if (type != napi_function) args_fail(&args, 3, BAD_TYPE);
  if (args.bad) return give(env, args.bad);
  return give(env, open_host(environment_of(env), epfd, timer, args.value[2], args.value[3]));
}

// hostArm(id): a turn is wanted, from outside of one.
static napi_value host_arm(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  host_t *host = arg_host(&args, 0);
  if (args.bad) return give(env, args.bad);
  if (!host->driving) run_again(host);
  return give(env, 0);
}

// hostClose(id). The epoll fd and the timerfd are the caller's, and may be closed after this.
static napi_value host_close(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  host_t *host = arg_host(&args, 0);
  if (args.bad) return give(env, args.bad);
  close_host(host);
  return give(env, 0);
}

// hostClock() -> CLOCK_MONOTONIC in milliseconds, the clock of DEADLINE.
static napi_value host_clock(napi_env env, napi_callback_info info) {
  (void)info;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  napi_value number;
  CHECK(env, napi_create_double(env, now.tv_sec * 1e3 + now.tv_nsec / 1e6, &number));
  return number;
}

void init_host(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"hostOpen", host_open},
                                         {"hostArm", host_arm},
                                         {"hostClose", host_close},
                                         {"hostClock", host_clock}};
  DEFINE(env, exports, functions);
}
