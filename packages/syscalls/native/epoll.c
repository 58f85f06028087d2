// epoll(7): create1, ctl, and a wait that honours nanoseconds.
#include "addon.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

// As many events as one call may ask for; they pass through the stack.
#define MOST_EVENTS 1024

// epoll_pwait2 came with Linux 5.11. What lacks it says ENOSYS; some sandboxes say EPERM.
static _Atomic bool has_pwait2 = true;

static int64_t wait_in_milliseconds(int epfd, struct epoll_event *events, int most,
                                    const struct timespec *timeout) {
  double milliseconds = -1;
  if (timeout != NULL) milliseconds = timeout->tv_sec * 1e3 + ceil(timeout->tv_nsec / 1e6);
  if (milliseconds > INT32_MAX) milliseconds = INT32_MAX;
  return result_of(epoll_wait(epfd, events, most, (int)milliseconds));
}

static int64_t wait_for_events(int epfd, struct epoll_event *events, int most,
                               const struct timespec *timeout) {
  if (timeout != NULL && timeout->tv_sec == 0 && timeout->tv_nsec == 0)
    return result_of(epoll_wait(epfd, events, most, 0));
  if (atomic_load_explicit(&has_pwait2, memory_order_relaxed)) {
    int64_t ready = result_of(syscall(SYS_epoll_pwait2, epfd, events, most, timeout, NULL, 0));
    if (ready != -ENOSYS && ready != -EPERM) return ready;
    atomic_store_explicit(&has_pwait2, false, memory_order_relaxed);
  }
  return wait_in_milliseconds(epfd, events, most, timeout);
}

static int64_t wait_guarded(environment_t *environment, int epfd, struct epoll_event *events,
                            int most, const struct timespec *timeout) {
  struct pollfd fds[2] = {{.fd = epfd, .events = POLLIN}};
  int64_t ready = guarded_poll(environment, fds, 1, timeout);
  if (ready <= 0) return ready;
  if (fds[0].revents & POLLNVAL) return -EBADF;
  return result_of(epoll_wait(epfd, events, most, 0));
}

// epollCreate1(flags) -> fd
static napi_value epoll_create1_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int flags = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, own_fd(environment_of(env), result_of(epoll_create1(flags))));
}

// epollCtl(epfd, op, fd, events) -> 0. The event's data is the fd.
static napi_value epoll_ctl_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int epfd = arg_fd(&args, 0);
  int op = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  int fd = arg_fd(&args, 2);
  int64_t events = arg_int(&args, 3, INT32_MIN, UINT32_MAX);
  if (args.bad) return give(env, args.bad);
  struct epoll_event event = {.events = (uint32_t)events, .data.u64 = (uint32_t)fd};
  return give(env, result_of(epoll_ctl(epfd, op, fd, &event)));
}

// epollWait(epfd, out: Int32Array, most, timeout) -> n; out[2i] is the fd, out[2i+1] its events.
static napi_value epoll_wait_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int epfd = arg_fd(&args, 0);
  span_t out = arg_array(&args, 1, napi_int32_array, 2);
  int most = (int)arg_int(&args, 2, 1, INT32_MAX);
  struct timespec storage;
  struct timespec *timeout = arg_timeout(&args, 3, &storage);
  if (args.bad) return give(env, args.bad);
  if ((size_t)most > out.length / 2) most = (int)(out.length / 2);
  if (most > MOST_EVENTS) most = MOST_EVENTS;

  struct epoll_event events[MOST_EVENTS];
  environment_t *environment = environment_of(env);
  int64_t ready = guard_applies(environment, timeout)
                      ? wait_guarded(environment, epfd, events, most, timeout)
                      : wait_for_events(epfd, events, most, timeout);
  int32_t *slot = out.data;
  for (int64_t i = 0; i < ready; i++) {
    *slot++ = (int32_t)events[i].data.u64;
    *slot++ = (int32_t)events[i].events;
  }
  return give(env, ready);
}

// epollUsePwait2(0 | 1) -> what it was: for tests of the fallback.
static napi_value epoll_use_pwait2(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  bool use = arg_int(&args, 0, 0, 1) != 0;
  if (args.bad) return give(env, args.bad);
  return give(env, atomic_exchange(&has_pwait2, use));
}

void init_epoll(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"epollCreate1", epoll_create1_},
                                         {"epollCtl", epoll_ctl_},
                                         {"epollWait", epoll_wait_},
                                         {"epollUsePwait2", epoll_use_pwait2}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"EPOLLIN", EPOLLIN},           {"EPOLLPRI", EPOLLPRI},
      {"EPOLLOUT", EPOLLOUT},         {"EPOLLERR", EPOLLERR},
      {"EPOLLHUP", EPOLLHUP},         {"EPOLLRDNORM", EPOLLRDNORM},
      {"EPOLLRDBAND", EPOLLRDBAND},   {"EPOLLWRNORM", EPOLLWRNORM},
      {"EPOLLWRBAND", EPOLLWRBAND},   {"EPOLLMSG", EPOLLMSG},
      {"EPOLLRDHUP", EPOLLRDHUP},     {"EPOLLEXCLUSIVE", EPOLLEXCLUSIVE},
      {"EPOLLWAKEUP", EPOLLWAKEUP},   {"EPOLLONESHOT", EPOLLONESHOT},
      {"EPOLLET", (uint32_t)EPOLLET}, {"EPOLL_CLOEXEC", EPOLL_CLOEXEC},
      {"EPOLL_CTL_ADD", EPOLL_CTL_ADD}, {"EPOLL_CTL_MOD", EPOLL_CTL_MOD},
      {"EPOLL_CTL_DEL", EPOLL_CTL_DEL}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
