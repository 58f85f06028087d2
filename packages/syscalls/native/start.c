// Starting a program without copying the parent's memory.
//
// The child is a vfork: it runs in this process's memory, on a stack of its own,
// while the calling thread (and no other) is held until it has called execve or
// _exit. So it may only make system calls, and its failure is simply a word that
// the parent reads afterwards. Every signal is blocked around it: a handler must
// not run in a child that shares its parent's memory.
//
// A child that changes its user is the exception. From that moment on its new user's
// other processes may signal it, and may read and write its memory as soon as it is
// dumpable: had it ours, they would own a more powerful process. And dumpable is a word
// of the memory itself: setuid would change it for this process too. So such a child
// gets a copy of the page tables, as fork(2) does it, and shares with us the pages of
// its stack alone: we read two words of them, believe neither, and unmap them.
#include "child.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

#define STACK_BYTES 65536
#define MOST_ERRNO 4095

static bool changes_user(const plan_t *plan) {
  return plan->uid != NOBODY || plan->gid != NOBODY || plan->group_count >= 0;
}

static int64_t clone_child(child_t *child, char *stack_end, int *pidfd) {
  int memory = changes_user(child->plan) ? 0 : CLONE_VM;
  uint64_t all = ~(uint64_t)0, mask;
  // Raw, because the C library's would leave its own two signals unblocked.
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &mask, SIGNAL_SET_BYTES);
  int64_t pid =
      clone(run_child, stack_end, memory | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, child, pidfd);
  if (pid < 0) pid = -errno;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, SIGNAL_SET_BYTES);
  return pid;
}

static void reap(int64_t pid, int *pidfd) {
  while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR)
    ;
  if (*pidfd >= 0) close(*pidfd);
  *pidfd = -1;
}

int64_t start_child(plan_t *plan, int *pidfd, int *step) {
  *pidfd = -1;
  *step = CLONE;
  int sharing = changes_user(plan) ? MAP_SHARED : MAP_PRIVATE;
  char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                     sharing | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return -ENOMEM;
  // At its low end: the stack grows down, and never that far.
  volatile report_t *report = (report_t *)stack;
  child_t child = {plan, (report_t *)stack};
  int64_t pid = clone_child(&child, stack + STACK_BYTES, pidfd);
  int error = report->error;
  if (pid > 0 && error != 0) {
    *step = report->step;
    reap(pid, pidfd);
    pid = error > 0 && error <= MOST_ERRNO ? -error : -EIO;
  }
  munmap(stack, STACK_BYTES);
  return pid;
}
