// The child's half of a spawn, in the parent's memory: system calls and nothing else.
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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
IN_CHILD static int cloexec_by_listing(void) {
  int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  _Alignas(8) char entries[4096];
  long bytes;
  while ((bytes = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
    for (long at = 0; at < bytes; at += ((entry_t *)(entries + at))->length) {
      int fd = number_in(((entry_t *)(entries + at))->name);
      if (fd >= 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
  close(folder);
  return bytes < 0 ? -1 : 0;
}

// Marks every fd to be closed by execve; none is needed before.
IN_CHILD static int cloexec_all(void) {
  if (atomic_load_explicit(&has_close_range, memory_order_relaxed) &&
      syscall(SYS_close_range, 0, ~0U, CLOSE_RANGE_CLOEXEC_) == 0)
    return 0;
  return cloexec_by_listing();
}

IN_CHILD static bool is_target(const plan_t *plan, int fd) {
  for (int i = 0; i < plan->fd_count; i++)
    if (plan->targets[i] == fd) return true;
  return false;
}

// A copy of an fd at a number that nobody is to have. Copies that come to lie at such
// numbers are left there: dup2 takes their places.
IN_CHILD static int out_of_the_way(const plan_t *plan, int fd) {
  int copy = -1;
  do copy = fcntl(fd, F_DUPFD_CLOEXEC, copy + 1);
  while (copy >= 0 && is_target(plan, copy));
  return copy;
}

// Sources that lie among the targets are moved first, so that no dup2 overwrites one
// that is still to come. Everything is CLOEXEC by now.
IN_CHILD static int place_fds(plan_t *plan) {
  for (int i = 0; i < plan->fd_count; i++) {
    int source = plan->sources[i];
    if (source == plan->targets[i] || !is_target(plan, source)) continue;
    plan->sources[i] = out_of_the_way(plan, source);
    if (plan->sources[i] < 0) return -1;
  }
  for (int i = 0; i < plan->fd_count; i++) {
    int source = plan->sources[i], target = plan->targets[i];
    if (source == target ? fcntl(target, F_SETFD, 0) < 0 : dup2(source, target) < 0) return -1;
  }
  return 0;
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

IN_CHILD static void empty_signal_mask(void) {
  uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, SIGNAL_SET_BYTES);
}

// Raw, because the C library's would look for our other threads, which the child has not.
IN_CHILD static bool change_user(const plan_t *plan, report_t *report) {
  uint32_t uid = plan->uid, gid = plan->gid;
  report->step = SETGROUPS;
  if (plan->group_count >= 0 && syscall(SYS_setgroups, plan->group_count, plan->groups) < 0)
    return false;
  report->step = SETGID;
  if (gid != NOBODY && syscall(SYS_setresgid, gid, gid, gid) < 0) return false;
  report->step = SETUID;
  return uid == NOBODY || syscall(SYS_setresuid, uid, uid, uid) >= 0;
}

// The terminal is taken with every signal blocked: SIGTTOU would stop a child that is
// not yet in the foreground.
IN_CHILD static bool take_terminal(const plan_t *plan, report_t *report) {
  report->step = TIOCSCTTY_;
  if (plan->terminal >= 0 && ioctl(plan->terminal, TIOCSCTTY, 0) < 0) return false;
  report->step = TCSETPGRP;
  return plan->foreground < 0 || tcsetpgrp(plan->foreground, getpgrp()) >= 0;
}

// A changed user has undone it, so it comes late; a setuid program undoes it again. Who
// ended before it was done sends no signal any more.
IN_CHILD static void end_with_parent(const plan_t *plan) {
  if (plan->parent == 0) return;
  syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan->parent) _exit(127);
}

// Groups, then gid, then uid: each needs the rights that the next one gives up. The fds
// come before, since /proc/self/fd is closed to a process that has changed its user, and
// the folder after, since it is the new user who must be allowed to enter it.
IN_CHILD static void become(plan_t *plan, report_t *report) {
  report->step = SETSID;
  if (plan->new_session && setsid() < 0) return;
  report->step = SETPGID;
  if (plan->process_group >= 0 && setpgid(0, plan->process_group) < 0) return;
  report->step = CLOSE_RANGE;
  if (cloexec_all() < 0) return;
  report->step = DUP;
  if (place_fds(plan) < 0) return;
  if (!take_terminal(plan, report) || !change_user(plan, report)) return;
  if (plan->umask >= 0) umask((mode_t)plan->umask);
  report->step = CHDIR;
  if (plan->cwd != NULL && chdir(plan->cwd) < 0) return;
  end_with_parent(plan);
  empty_signal_mask();
  report->step = EXECVE;
  errno = ENOENT;
  execute(plan);
}

IN_CHILD int run_child(void *data) {
  child_t *child = data;
  reset_signals();
  become(child->plan, child->report);
  child->report->error = errno;
  _exit(127);
}

bool use_close_range(bool use) { return atomic_exchange(&has_close_range, use); }
