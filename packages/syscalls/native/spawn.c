// Starting a program: what JavaScript calls. start.c tells how it is done.
#include "addon.h"

#include "child.h"

// spawn(plan: Uint8Array, fds: Int32Array, out: Int32Array) -> pid; out[0] is the pidfd,
// out[1] the step that failed
static napi_value spawn_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  span_t bytes = arg_array(&args, 0, napi_uint8_array, 0);
  span_t fds = arg_array(&args, 1, napi_int32_array, 0);
  span_t out = arg_array(&args, 2, napi_int32_array, 2);
  if (fds.length > MOST_FDS) args_fail(&args, 1, BAD_RANGE);
  if (args.bad) return give(env, args.bad);

  plan_t plan;
  int pidfd = -1, step = CLONE;
  int64_t pid = plan_read(&plan, bytes.data, bytes.length, fds.data, fds.length);
  if (pid == 0) {
    pid = start_child(&plan, &pidfd, &step);
    plan_free(&plan);
  }
  int32_t *words = out.data;
  words[0] = pid < 0 ? -1 : (int32_t)own_fd(environment_of(env), pidfd);
  words[1] = step;
  return give(env, pid);
}

// spawnUseCloseRange(0 | 1) -> what it was: for tests of the fallback.
static napi_value spawn_use_close_range(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  bool use = arg_int(&args, 0, 0, 1) != 0;
  if (args.bad) return give(env, args.bad);
  return give(env, use_close_range(use));
}

void init_spawn(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"spawn", spawn_},
                                         {"spawnUseCloseRange", spawn_use_close_range}};
  DEFINE(env, exports, functions);
}
