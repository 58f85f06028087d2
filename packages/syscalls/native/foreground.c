// Which process group has a terminal.
#include "addon.h"

#include <signal.h>
#include <unistd.h>

// tcgetpgrp(fd) -> the group; -ENOTTY unless it is this process's controlling terminal
static napi_value tcgetpgrp_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(tcgetpgrp(fd)));
}

// tcsetpgrp(fd, group) -> 0
static napi_value tcsetpgrp_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int fd = arg_fd(&args, 0);
  int group = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  // A group in the background that takes the terminal is stopped, but for this.
  sigset_t ttou, before;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  sigprocmask(SIG_BLOCK, &ttou, &before);
  int64_t result = result_of(tcsetpgrp(fd, group));
  sigprocmask(SIG_SETMASK, &before, NULL);
  return give(env, result);
}

// getpgid(pid) -> the process's group; 0 for this process
static napi_value getpgid_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int pid = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(getpgid(pid)));
}

void init_foreground(napi_env env, napi_value exports) {
  static const function_t functions[] = {
      {"tcgetpgrp", tcgetpgrp_}, {"tcsetpgrp", tcsetpgrp_}, {"getpgid", getpgid_}};
  DEFINE(env, exports, functions);
}
