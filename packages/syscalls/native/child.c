// The child's half of a spawn, in the parent's memory: system calls and nothing else.
#include "spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define CLOSE_RANGE_CLOEXEC_ 4

// The child's code leaves the stack that AddressSanitizer knows.
#define IN_CHILD __attribute__((no_sanitize("address")))

static _Atomic bool has_close_range = true;

IN_CHILD static void reset_signals(void) {
  // All zero is SIG_DFL without flags, in the kernel's struct on every architecture.
  char action[64];
  for (size_t i = 0; i < sizeof action; i++) action[i] = 0;
  for (int number = 1; number <= SIGNALS; number++)
    syscall(SYS_rt_sigaction, number, action, NULL, SIGNAL_SET_BYTES);
}

// Sources that lie in the range of targets are moved out of it first, so that no
// dup2 overwrites one that is still to come.
IN_CHILD static int place_stdio(plan_t *plan) {
  int count = plan->stdio_count;
  for (int target = 0; target < count; target++) {
    int source = plan->stdio[target];
    if (source < 0 || source == target || source >= count) continue;
    plan->stdio[target] = fcntl(source, F_DUPFD_CLOEXEC, count);
    if (plan->stdio[target] < 0) return -1;
  }
  for (int target = 0; target < count; target++) {
    int source = plan->stdio[target];
    if (source < 0)
      close(target);
    else if (source == target ? fcntl(target, F_SETFD, 0) < 0 : dup2(source, target) < 0)
      return -1;
  }
  return 0;
}

typedef struct {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
} entry_t;

IN_CHILD static int number_in(const char *text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (*text - '0');
  return *text == '\0' ? number : -1;
}

// What close_range does, for Linux before 5.11.
IN_CHILD static int cloexec_by_listing(int first) {
  int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  _Alignas(8) char entries[4096];
  long bytes;
  while ((bytes = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
    for (long at = 0; at < bytes; at += ((entry_t *)(entries + at))->length) {
      int fd = number_in(((entry_t *)(entries + at))->name);
      if (fd >= first) fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
  close(folder);
  return bytes < 0 ? -1 : 0;
}

IN_CHILD static int cloexec_from(int first) {
  if (atomic_load_explicit(&has_close_range, memory_order_relaxed) &&
      syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC_) == 0)
    return 0;
  return cloexec_by_listing(first);
}

// As execvp(3): a file without #! goes to the shell; what is absent or forbidden is
// passed over, and a refusal is remembered.
IN_CHILD static void execute(plan_t *plan) {
  int refused = 0;
  for (char **file = plan->files; *file != NULL; file++) {
    execve(*file, plan->args, plan->env);
    if (errno == ENOEXEC) {
      plan->args[0] = *file;
      plan->args[-1] = "/bin/sh";
      execve("/bin/sh", plan->args - 1, plan->env);
    }
    if (errno == EACCES)
      refused = EACCES;
    else if (errno != ENOENT && errno != ENOTDIR)
      return;
  }
  if (refused != 0) errno = refused;
}

IN_CHILD int run_child(void *data) {
  plan_t *plan = data;
  reset_signals();
  if (plan->step = SETSID, plan->new_session && setsid() < 0) goto failed;
  if (plan->step = SETPGID, plan->process_group >= 0 && setpgid(0, (pid_t)plan->process_group) < 0)
    goto failed;
  if (plan->step = CHDIR, plan->cwd != NULL && chdir(plan->cwd) < 0) goto failed;
  if (plan->step = DUP, place_stdio(plan) < 0) goto failed;
  if (plan->step = CLOEXEC, cloexec_from(plan->stdio_count) < 0) goto failed;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &plan->signal_mask, NULL, SIGNAL_SET_BYTES);
  plan->step = EXEC;
  errno = ENOENT;
  execute(plan);
failed:
  plan->error = errno;
  _exit(127);
}

// spawnUseCloseRange(0 | 1) -> what it was: for tests of the fallback.
napi_value spawn_use_close_range(napi_env env, napi_callback_info info) {
  args_t args = args_begin(env, info);
  bool use = arg_int(&args, 0, 0, 1) != 0;
  if (args.bad) return give(env, args.bad);
  return give(env, atomic_exchange(&has_close_range, use));
}
