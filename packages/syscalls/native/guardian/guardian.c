// The guardian of one tree of processes: a small program of its own, since only a process
// can outlive another one that is killed.
//
// It is the subreaper of what it starts. Whoever of its descendants loses its parent, by
// whatever trick (setsid, two forks), becomes its child; so it knows when nobody is left:
// when it has no child. It holds one end of a socket whose other end only the process has
// that it works for. When that end is closed, which the kernel does however a process
// ends, it kills until nobody is left.
//
//   guardian CONTROL    fds below CONTROL are the target's; CONTROL is the socket, the
//                       next one this program, the one after that the plan
#include "guardian.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#define SIGNAL_SET_BYTES 8
// How long to wait for those who were killed before looking again.
#define FIRST_PAUSE_MS 1
#define LONGEST_PAUSE_MS 100
// How many looks in a row may find nobody but those that may not be killed.
#define PATIENCE 20

typedef struct {
  int control;
  int signals;
  pid_t target;
  bool listening;
  bool ending;
  int pause_ms;
  int hopeless;
} guardian_t;

static int32_t milliseconds(struct timeval time) {
  return (int32_t)(time.tv_sec * 1000 + time.tv_usec / 1000);
}

// Reaps everybody who has ended; false when there is no child.
static bool reap(guardian_t *guardian) {
  for (;;) {
    siginfo_t child = {0};
    struct rusage usage;
    if (syscall(SYS_waitid, P_ALL, 0, &child, WEXITED | WNOHANG, &usage) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (child.si_pid == 0) return true;
    guardian->pause_ms = FIRST_PAUSE_MS;
    if (child.si_pid != guardian->target) continue;
    int32_t words[] = {EXITED,
                       child.si_pid,
                       child.si_code,
                       child.si_status,
                       milliseconds(usage.ru_utime),
                       milliseconds(usage.ru_stime),
                       (int32_t)usage.ru_maxrss};
    answer(guardian->control, words, sizeof words / sizeof *words, -1);
    guardian->target = 0;
  }
}

static void obey(guardian_t *guardian) {
  for (int command; (command = next_command(guardian->control)) != NO_COMMAND;) {
    if (command == CLOSED || command == END_ALL) {
      guardian->ending = true;
      guardian->pause_ms = FIRST_PAUSE_MS;
    }
    if (command == CLOSED) {
      // Whoever has only stopped talking may still listen.
      guardian->listening = false;
      return;
    }
    if (command != END_ALL) signal_descendants(command);
  }
}

// Waits until somebody ends, or something is said, or it is time to look again.
static void wait_for_news(guardian_t *guardian) {
  struct pollfd fds[] = {{.fd = guardian->signals, .events = POLLIN},
                         {.fd = guardian->listening ? guardian->control : -1, .events = POLLIN}};
  struct timespec pause = {guardian->pause_ms / 1000, guardian->pause_ms % 1000 * 1000000L};
  syscall(SYS_ppoll, fds, 2, guardian->ending ? &pause : NULL, NULL, SIGNAL_SET_BYTES);
  struct signalfd_siginfo ended;
  while (read(guardian->signals, &ended, sizeof ended) > 0)
    ;
  if (guardian->listening) obey(guardian);
}

// False when all who are left may not be killed.
static bool kill_all(guardian_t *guardian) {
  size_t refused;
  size_t killed = kill_descendants(&refused);
  guardian->hopeless = killed == 0 && refused > 0 ? guardian->hopeless + 1 : 0;
  if (guardian->hopeless == PATIENCE) {
    int32_t words[] = {REFUSED, (int32_t)refused};
    answer(guardian->control, words, 2, -1);
    return false;
  }
  guardian->pause_ms *= 2;
  if (guardian->pause_ms > LONGEST_PAUSE_MS) guardian->pause_ms = LONGEST_PAUSE_MS;
  return true;
}

static int guard(guardian_t *guardian) {
  while (reap(guardian)) {
    if (guardian->ending && !kill_all(guardian)) return EXIT_FAILURE;
    wait_for_news(guardian);
  }
  int32_t words[] = {EMPTY};
  answer(guardian->control, words, 1, -1);
  return EXIT_SUCCESS;
}

static int number_from(const char *text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9'; text++) {
    number = number * 10 + (*text - '0');
    if (number > 4096) return -1;
  }
  return *text == '\0' ? number : -1;
}

int main(int argc, char **argv) {
  guardian_t guardian = {.control = argc < 2 ? -1 : number_from(argv[1]),
                         .listening = true,
                         .pause_ms = FIRST_PAUSE_MS};
  if (guardian.control < 0) return EXIT_FAILURE;
  int program = guardian.control + 1, plan = guardian.control + 2;
  // Nothing but SIGKILL and SIGSTOP reaches a guardian.
  uint64_t all = ~UINT64_C(0);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, SIGNAL_SET_BYTES);
  uint64_t child_ended = UINT64_C(1) << (SIGCHLD - 1);
  guardian.signals = (int)syscall(SYS_signalfd4, -1, &child_ended, SIGNAL_SET_BYTES,
                                  SFD_CLOEXEC | SFD_NONBLOCK);
  if (guardian.signals < 0) return EXIT_FAILURE;
  fcntl(guardian.control, F_SETFD, FD_CLOEXEC);
  close(program);
  syscall(SYS_prctl, PR_SET_NAME, "tsyncio-guard");
  if (syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) return EXIT_FAILURE;
  if (!start_target(guardian.control, plan, &guardian.target)) return EXIT_SUCCESS;
  // The target's pipes must end when the target closes them, and its folder be free.
  for (int fd = 0; fd < guardian.control; fd++)
    if (fd != guardian.signals) close(fd);
  chdir("/");
  return guard(&guardian);
}
