// An event loop of ours inside Node's: how it begins and ends. What happens in between
// is in drive.c.
//
// A host has two libuv handles. `readiness` polls the loop's epoll fd: it is
// readable when any fd or the timerfd inside it is. `again` is an idle handle: while
// it runs, Node's loop does not block, passes through all its phases, and then
// comes to us. Both lead to `drive`, which calls into JavaScript, where one or more
// turns are taken, and goes on while there is ready work and the budget lasts.
//
// JavaScript and C share one Float64Array, so that a call costs one crossing:
// JavaScript writes what it needs (READY, DEADLINE, REFS), C reads it afterwards.
#include "host.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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

void close_host(host_t *host) {
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
