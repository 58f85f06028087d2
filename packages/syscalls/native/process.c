// Children after their start: signals to them, and their end.
#include "addon.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
// Newer than the C libraries that this builds with.
#define P_PIDFD_ 3

// The words of waitid's `out`.
enum { PID, CODE, STATUS, LEAST_WORDS, USER = LEAST_WORDS, SYSTEM, MOST_MEMORY, ALL_WORDS };

// pidfdOpen(pid, flags) -> fd
static napi_value pidfd_open_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int pid = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  int flags = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  int64_t fd = result_of(syscall(SYS_pidfd_open, pid, flags));
  return give(env, own_fd(environment_of(env), fd));
}

// pidfdSendSignal(pidfd, signal) -> 0
static napi_value pidfd_send_signal_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int pidfd = arg_fd(&args, 0);
  int number = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0)));
}

static int32_t milliseconds(struct timeval time) {
  return (int32_t)(time.tv_sec * 1000 + time.tv_usec / 1000);
}

// waitid(idType, id, out: Int32Array, options) -> 0; out: pid (0: nobody ended), code,
// status, and with room for them user ms, system ms, most resident KiB
static napi_value waitid_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int type = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  int id = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  span_t out = arg_array(&args, 2, napi_int32_array, LEAST_WORDS);
  int options = (int)arg_int(&args, 3, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  siginfo_t child;
  struct rusage usage;
  memset(&child, 0, sizeof child);
  memset(&usage, 0, sizeof usage);
  // Raw: the C library's waitid does not hand over what was used.
  int64_t result = result_of(syscall(SYS_waitid, type, id, &child, options, &usage));
  if (result < 0) return give(env, result);
  int32_t *words = out.data;
  words[PID] = child.si_pid;
  words[CODE] = child.si_code;
  words[STATUS] = child.si_status;
  if (out.length >= ALL_WORDS) {
    words[USER] = milliseconds(usage.ru_utime);
    words[SYSTEM] = milliseconds(usage.ru_stime);
    words[MOST_MEMORY] = (int32_t)usage.ru_maxrss;
  }
  return give(env, 0);
}

// kill(pid, signal) -> 0
static napi_value kill_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  int pid = (int)arg_int(&args, 0, INT32_MIN, INT32_MAX);
  int number = (int)arg_int(&args, 1, INT32_MIN, INT32_MAX);
  if (args.bad) return give(env, args.bad);
  return give(env, result_of(kill(pid, number)));
}

// getpid() -> pid
static napi_value getpid_(napi_env env, napi_callback_info info) {
  (void)info;
  return give(env, getpid());
}

void init_process(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"pidfdOpen", pidfd_open_},
                                         {"pidfdSendSignal", pidfd_send_signal_},
                                         {"waitid", waitid_},
                                         {"kill", kill_},
                                         {"getpid", getpid_}};
  DEFINE(env, exports, functions);
  static const constant_t constants[] = {
      {"P_ALL", P_ALL},           {"P_PID", P_PID},         {"P_PGID", P_PGID},
      {"P_PIDFD", P_PIDFD_},      {"WNOHANG", WNOHANG},     {"WEXITED", WEXITED},
      {"WSTOPPED", WSTOPPED},     {"WCONTINUED", WCONTINUED}, {"WNOWAIT", WNOWAIT},
      {"CLD_EXITED", CLD_EXITED}, {"CLD_KILLED", CLD_KILLED}, {"CLD_DUMPED", CLD_DUMPED},
      {"CLD_TRAPPED", CLD_TRAPPED}, {"CLD_STOPPED", CLD_STOPPED},
      {"CLD_CONTINUED", CLD_CONTINUED}};
  define_constants(env, exports, constants, sizeof constants / sizeof constants[0]);
}
