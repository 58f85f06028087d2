// A thread that waits in the kernel does not see that its worker is being
// terminated: Node sets a flag and pokes the thread's libuv loop, and nobody
// reads either. So a wait in a worker also watches libuv's backend fd.
//
// Edge-triggered, because that fd may stay readable for as long as JavaScript
// blocks (nobody serves Node's loop meanwhile) and a level would make every wait
// return at once. poll(2) knows no edges, but an epoll that holds the backend fd
// with EPOLLET does, and is itself readable once per edge: that epoll is the
// guard. A wait that it ends returns -EINTR, as a signal would make it; the
// caller goes on waiting, unless its JavaScript has been terminated.
#include "addon.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct uv_loop_s uv_loop_t;
extern int uv_backend_fd(const uv_loop_t *loop);

static int make_guard(environment_t *environment) {
  struct uv_loop_s *loop;
  CHECK(environment->env, napi_get_uv_event_loop(environment->env, &loop));
  int64_t guard = own_fd(environment, result_of(epoll_create1(EPOLL_CLOEXEC)));
  if (guard < 0) return (int)guard;
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  if (epoll_ctl((int)guard, EPOLL_CTL_ADD, uv_backend_fd(loop), &event) < 0) {
    int failed = errno;
    disown_fd(environment, (int)guard);
    close((int)guard);
    return -failed;
  }
  return (int)guard;
}

bool guard_applies(environment_t *environment, const struct timespec *timeout) {
  if (!environment->is_worker) return false;
  if (timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0) return false;
  if (environment->guard < 0) environment->guard = make_guard(environment);
  return environment->guard >= 0;
}

// poll(2) on the caller's fds and the guard. `fds` must have room for one more.
int64_t guarded_poll(environment_t *environment, struct pollfd *fds, nfds_t count,
                     const struct timespec *timeout) {
  fds[count] = (struct pollfd){.fd = environment->guard, .events = POLLIN};
  int64_t ready = result_of(ppoll(fds, count + 1, timeout, NULL));
  if (ready <= 0 || fds[count].revents == 0) return ready;
  struct epoll_event event;
  epoll_wait(environment->guard, &event, 1, 0);
  return ready == 1 ? -EINTR : ready - 1;
}

// guardOpen() -> fd: a guard of the caller's own, for a loop that owns its thread.
static napi_value guard_open(napi_env env, napi_callback_info info) {
  (void)info;
  return give(env, make_guard(environment_of(env)));
}

// guardDrain(fd): takes the edge, so that the guard is readable again at the next.
static napi_value guard_drain(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int guard = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  struct epoll_event event;
  return give(env, result_of(epoll_wait(guard, &event, 1, 0)));
}

void init_guard(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"guardOpen", guard_open}, {"guardDrain", guard_drain}};
  DEFINE(env, exports, functions);
}
