// Starting the target: the plan comes as a file in memory, its fds are those below the
// control socket.
#include "guardian.h"

#include "../child.h"

#include <sys/mman.h>
#include <sys/stat.h>

// What keeps away from the guardian what is meant for others: signals to the group of the
// process that it works for, and the hangup of a terminal.
static void stand_apart(plan_t *plan) {
  // A target that is to stay in a group, or to have the terminal, must be in the session
  // of both, and so must its parent.
  bool stays = !plan->new_session && (plan->process_group != 0 || plan->foreground >= 0);
  if (!stays) {
    syscall(SYS_setsid);
    return;
  }
  if (plan->process_group < 0) plan->process_group = (int32_t)syscall(SYS_getpgid, 0);
  syscall(SYS_setpgid, 0, 0);
}

static int read_plan(plan_t *plan, int plan_fd, int fd_count) {
  struct stat file;
  if (fstat(plan_fd, &file) < 0) return -errno;
  if (file.st_size <= 0) return -EINVAL;
  size_t length = (size_t)file.st_size;
  void *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, plan_fd, 0);
  if (bytes == MAP_FAILED) return -errno;
  int32_t fds[MOST_FDS];
  for (int fd = 0; fd < fd_count && fd < MOST_FDS; fd++) fds[fd] = fd;
  int result = plan_read(plan, bytes, length, fds, (size_t)fd_count);
  munmap(bytes, length);
  return result;
}

bool start_target(int control, int plan_fd, pid_t *target) {
  plan_t plan;
  int pidfd = -1, step = CLONE;
  int64_t pid = read_plan(&plan, plan_fd, control);
  close(plan_fd);
  if (pid == 0) {
    stand_apart(&plan);
    plan.parent = (int32_t)syscall(SYS_getpid);
    pid = start_child(&plan, &pidfd, &step);
    plan_free(&plan);
  }
  if (pid < 0) {
    int32_t words[] = {FAILED, step, (int32_t)-pid};
    answer(control, words, 3, -1);
    return false;
  }
  *target = (pid_t)pid;
  int32_t words[] = {STARTED, *target};
  answer(control, words, 2, pidfd);
  if (pidfd >= 0) close(pidfd);
  return true;
}
