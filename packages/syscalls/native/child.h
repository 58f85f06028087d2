// Starting a child, and what the child does until its program runs. No Node-API here.
#ifndef TSYNCIO_CHILD_H
#define TSYNCIO_CHILD_H

#include "plan.h"

#include <sys/types.h>

// The kernel's sigset_t, whatever the C library makes of it.
#define SIGNALS 64
#define SIGNAL_SET_BYTES (SIGNALS / 8)
#define NOBODY (~(uint32_t)0) // no uid and no gid

// `spawnSteps` in spawn-steps.ts has the same list.
enum step {
  CLONE,
  SETSID,
  SETPGID,
  CLOSE_RANGE,
  DUP,
  TIOCSCTTY_,
  TCSETPGRP,
  SETGROUPS,
  SETGID,
  SETUID,
  CHDIR,
  EXECVE
};

// Where the child is, or where it failed and why.
typedef struct {
  int32_t step;
  int32_t error;
} report_t;

typedef struct {
  plan_t *plan;
  report_t *report;
} child_t;

// start.c: gives the pid when the program runs, or -errno when nothing is left of the
// child; `step` is where it failed. The plan's sources are used up.
int64_t start_child(plan_t *plan, int *pidfd, int *step);
// child.c: what clone(2) calls, with a child_t. Does not return.
int run_child(void *child);
// Whether close_range(2) is used, for tests of the fallback; gives what it was.
bool use_close_range(bool use);

#endif
