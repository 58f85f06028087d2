// timerfd(2): a clock that is an fd.
#include "addon.h"

#include <sys/timerfd.h>

// timerfdCreate(clock, flags) -> fd
static napi_value timerfd_create_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int clock = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  int flags = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  int64_t fd = result_of(timerfd_create(clock, flags | TFD_CLOEXEC));
  return give(env, own_fd(environment_of(env), fd));
}

static struct timespec arg_span(args_t *args, int index) {
  struct timespec span = {0, 0};
  if (arg_timeout(args, index, &span) == NULL) args_fail(args, index, BAD_RANGE);
  return span;
}

// timerfdSettime(fd, flags, value, interval) -> 0, both in milliseconds
static napi_value timerfd_settime_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int flags = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  struct itimerspec when;
  when.it_value = arg_span(&args, 2);
  when.it_interval = arg_span(&args, 3);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(timerfd_settime(fd, flags, &when, NULL)));
}

void init_timer(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"timerfdCreate", timerfd_create_},
                                         {"timerfdSettime", timerfd_settime_}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {{"CLOCK_REALTIME", CLOCK_REALTIME},
                                         {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
                                         {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
                                         {"TFD_CLOEXEC", TFD_CLOEXEC},
                                         {"TFD_NONBLOCK", TFD_NONBLOCK},
                                         {"TFD_TIMER_ABSTIME", TFD_TIMER_ABSTIME}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
