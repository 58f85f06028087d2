// poll(2), with ppoll's nanoseconds, over the caller's array of struct pollfd.
#include "addon.h"

#include <string.h>

_Static_assert(sizeof(struct pollfd) == 8, "struct pollfd is two words of an Int32Array");

static int64_t poll_guarded(environment_t *environment, struct pollfd *fds, nfds_t count,
                            const struct timespec *timeout) {
  struct pollfd *copy = malloc((count + 1) * sizeof *copy);
  if (copy == NULL) return -ENOMEM;
  if (count > 0) memcpy(copy, fds, count * sizeof *copy);
  int64_t ready = guarded_poll(environment, copy, count, timeout);
  if (count > 0) memcpy(fds, copy, count * sizeof *copy);
  free(copy);
  return ready;
}

// poll(fds: Int32Array, count, timeout) -> n. Entry i is a struct pollfd: word 2i
// the fd, word 2i+1 the interest in its low half; the kernel writes the high half.
static napi_value poll_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  span_t fds = arg_array(&args, 0, napi_int32_array, 0);
  int64_t count = arg_int(&args, 1, 0, (int64_t)(fds.length / 2));
  struct timespec storage;
  struct timespec *timeout = arg_timeout(&args, 2, &storage);
  if (args.bad) return give(env, args.bad);
  environment_t *environment = environment_of(env);
  if (guard_applies(environment, timeout))
    return give(env, poll_guarded(environment, fds.data, (nfds_t)count, timeout));
  return give(env, result_of(ppoll(fds.data, (nfds_t)count, timeout, NULL)));
}

void init_poll(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"poll", poll_}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"POLLIN", POLLIN},         {"POLLPRI", POLLPRI},       {"POLLOUT", POLLOUT},
      {"POLLERR", POLLERR},       {"POLLHUP", POLLHUP},       {"POLLNVAL", POLLNVAL},
      {"POLLRDNORM", POLLRDNORM}, {"POLLRDBAND", POLLRDBAND}, {"POLLWRNORM", POLLWRNORM},
      {"POLLWRBAND", POLLWRBAND}, {"POLLMSG", POLLMSG},       {"POLLRDHUP", POLLRDHUP}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
