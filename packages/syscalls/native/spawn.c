// Starting a program without copying the parent's memory.
//
// The child is a vfork: it runs in this process's memory, on a stack of its own,
// while the calling thread (and no other) is held until it has called execve or
// _exit. So it may only make system calls, and its failure is simply a word that
// the parent reads afterwards. Every signal is blocked around it: a handler must
// not run in a child that shares its parent's memory.
#include "spawn.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

#define STACK_BYTES 65536

static int64_t start(plan_t *plan, int *pidfd) {
  char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return -ENOMEM;
  uint64_t all = ~(uint64_t)0;
  // Raw, because the C library's would leave its own two signals unblocked.
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &plan->signal_mask, SIGNAL_SET_BYTES);
  int64_t pid = result_of(clone(run_child, stack + STACK_BYTES,
                                CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, plan, pidfd));
  if (pid > 0 && plan->error != 0) {
    while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
      ;
    if (*pidfd >= 0) close(*pidfd);
    pid = -plan->error;
  }
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &plan->signal_mask, NULL, SIGNAL_SET_BYTES);
  munmap(stack, STACK_BYTES);
  return pid;
}

// The strings of a blob, each ended by a NUL, behind `spare` free slots; with
// a copy of their bytes in the same piece of memory.
static char **strings_of(span_t blob, size_t spare) {
  const char *bytes = blob.data;
  size_t count = 0;
  for (size_t i = 0; i < blob.length; i++) count += bytes[i] == '\0';
  size_t slots = spare + count + 1;
  char **strings = malloc(slots * sizeof *strings + blob.length + 1);
  if (strings == NULL) return NULL;
  char *copy = (char *)(strings + slots);
  if (blob.length > 0) memcpy(copy, bytes, blob.length);
  copy[blob.length] = '\0';
  size_t slot = spare;
  for (char *end = copy + blob.length; copy < end && slot < slots - 1; copy += strlen(copy) + 1)
    strings[slot++] = copy;
  strings[slot] = NULL;
  return strings;
}

static span_t arg_strings(args_t *args, int index, size_t least) {
  span_t blob = arg_array(args, index, napi_uint8_array, least);
  if (blob.length > 0 && ((const char *)blob.data)[blob.length - 1] != '\0')
    args_fail(args, index, BAD_RANGE);
  return blob;
}

static void arg_stdio(args_t *args, int index, plan_t *plan) {
  span_t stdio = arg_array(args, index, napi_int32_array, 0);
  if (stdio.length > MOST_STDIO) args_fail(args, index, BAD_RANGE);
  if (args->bad != 0) return;
  plan->stdio_count = (int)stdio.length;
  if (stdio.length > 0) memcpy(plan->stdio, stdio.data, stdio.length * sizeof(int32_t));
}

// spawn(files, args, env: Uint8Array of NUL-ended strings, cwd: the same or null,
// stdio: Int32Array, newSession, processGroup, out: Int32Array) -> pid; out[0] is the
// pidfd, out[1] the step that failed
static napi_value spawn_(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  plan_t plan = {.step = CLONE};
  span_t files = arg_strings(&args, 0, 1);
  span_t argv = arg_strings(&args, 1, 1);
  span_t variables = arg_strings(&args, 2, 0);
  span_t cwd = {NULL, 0};
  if (!arg_is_nullish(&args, 3)) cwd = arg_strings(&args, 3, 1);
  arg_stdio(&args, 4, &plan);
  plan.new_session = arg_int(&args, 5, 0, 1) != 0;
  plan.process_group = arg_int(&args, 6, -1, INT32_MAX);
  span_t out = arg_array(&args, 7, napi_int32_array, 2);
  if (args.bad) return give(env, args.bad);

  int pidfd = -1;
  int64_t pid = -ENOMEM;
  char **folder = strings_of(cwd, 0);
  plan.files = strings_of(files, 0);
  plan.env = strings_of(variables, 0);
  char **slots = strings_of(argv, 1);
  if (folder != NULL && plan.files != NULL && plan.env != NULL && slots != NULL) {
    plan.args = slots + 1;
    plan.cwd = folder[0];
    pid = start(&plan, &pidfd);
  }
  free(slots);
  free(plan.env);
  free(plan.files);
  free(folder);
  int32_t *words = out.data;
  words[0] = pid < 0 ? -1 : (int32_t)own_fd(environment_of(env), pidfd);
  words[1] = (int32_t)plan.step;
  return give(env, pid);
}

void init_spawn(napi_env env, napi_value exports) {
  static const function_t functions[] = {{"spawn", spawn_},
                                         {"spawnUseCloseRange", spawn_use_close_range}};
  DEFINE(env, exports, functions);
}
