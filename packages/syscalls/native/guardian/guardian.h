// One guardian watches over one tree of processes; see guardian.c.
#ifndef TSYNCIO_GUARDIAN_H
#define TSYNCIO_GUARDIAN_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

// control.c: what is said over the control socket; control-words.ts has the same numbers.
// An answer is a message of ANSWER_WORDS words, of which the first is its kind.
enum answer_kind {
  STARTED = 1, // pid; its pidfd comes along
  FAILED,      // step, errno
  EXITED,      // pid, code, status, user ms, system ms, most resident KiB
  EMPTY,       // nobody is left
  REFUSED,     // how many are left that may not be killed
};
#define ANSWER_WORDS 8
// A command is a message of one byte: a signal for everybody, or END_ALL.
#define END_ALL 255
enum { NO_COMMAND = 0, CLOSED = -1 };

void answer(int control, const int32_t *words, size_t count, int fd);
// A signal, END_ALL, NO_COMMAND (also for nonsense), or CLOSED: nobody is at the other end.
int next_command(int control);

// target.c: starts what the plan says; false when that failed, which has been told.
bool start_target(int control, int plan_fd, pid_t *target);

// descendants.c
// Sends a signal to every descendant, once.
void signal_descendants(int number);
// Stops every descendant, so that none can fork any more, then kills them. Gives how many
// were killed; `refused` is how many may not be.
size_t kill_descendants(size_t *refused);

#endif
