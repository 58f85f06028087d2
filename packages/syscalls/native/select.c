// select(2). An fd of FD_SETSIZE or more never reaches FD_SET, which would write
// past the set.
#include "addon.h"

#include <sys/select.h>

typedef struct {
  span_t fds; // Int32Array
  int64_t count;
  int highest;
  fd_set set;
} group_t;

// Each word is read once and judged by what was read: the three groups may be one
// array, or memory that another thread writes to.
static int fd_at(const group_t *group, int64_t i) {
  int32_t fd = ((const volatile int32_t *)group->fds.data)[i];
  return fd >= 0 && fd < FD_SETSIZE ? fd : -1;
}

static group_t arg_group(args_t *args, int index) {
  group_t group;
  FD_ZERO(&group.set);
  group.fds = arg_array(args, index, napi_int32_array, 0);
  group.count = arg_int(args, index + 1, 0, (int64_t)group.fds.length);
  group.highest = -1;
  for (int64_t i = 0; args->bad == 0 && i < group.count; i++) {
    int fd = fd_at(&group, i);
    if (fd < 0)
      args_fail(args, index, BAD_RANGE);
    else
      FD_SET(fd, &group.set);
    if (fd > group.highest) group.highest = fd;
  }
  return group;
}

static int larger_of(int one, int other) { return one > other ? one : other; }

static void mark_the_rest(group_t *group) {
  int32_t *fds = group->fds.data;
  for (int64_t i = 0; i < group->count; i++) {
    int fd = fd_at(group, i);
    if (fd < 0 || !FD_ISSET(fd, &group->set)) fds[i] = -1;
  }
}

// In a worker the wait is the guard's; select then only looks.
static int64_t wait_guarded(environment_t *environment, const group_t *reads,
                            const group_t *writes, const group_t *excepts, int highest,
                            const struct timespec *timeout) {
  struct pollfd fds[FD_SETSIZE + 1];
  nfds_t count = 0;
  for (int fd = 0; fd <= highest; fd++) {
    short events = 0;
    if (FD_ISSET(fd, &reads->set)) events |= POLLIN;
    if (FD_ISSET(fd, &writes->set)) events |= POLLOUT;
    if (FD_ISSET(fd, &excepts->set)) events |= POLLPRI;
    if (events != 0) fds[count++] = (struct pollfd){.fd = fd, .events = events};
  }
  return guarded_poll(environment, fds, count, timeout);
}

// select(reads, n, writes, n, excepts, n, timeout) -> n ready. In each Int32Array
// the fds that are not ready become -1.
static napi_value select_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  group_t reads = arg_group(&args, 0);
  group_t writes = arg_group(&args, 2);
  group_t excepts = arg_group(&args, 4);
  struct timespec storage;
  struct timespec *timeout = arg_timeout(&args, 6, &storage);
  if (args.bad) return give(env, args.bad);

  int highest = larger_of(reads.highest, larger_of(writes.highest, excepts.highest));
  environment_t *environment = environment_of(env);
  struct timespec no_time = {0, 0};
  if (guard_applies(environment, timeout)) {
    int64_t ready = wait_guarded(environment, &reads, &writes, &excepts, highest, timeout);
    if (ready < 0) return give(env, ready);
    timeout = &no_time;
  }
  int64_t ready = result_of(
      pselect(highest + 1, &reads.set, &writes.set, &excepts.set, timeout, NULL));
  if (ready >= 0) {
    mark_the_rest(&reads);
    mark_the_rest(&writes);
    mark_the_rest(&excepts);
  }
  return give(env, ready);
}

void init_select(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"select", select_}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {{"FD_SETSIZE", FD_SETSIZE}};
  define_constants(env, exports, constants, 1);
}
