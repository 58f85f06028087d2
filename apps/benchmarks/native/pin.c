// pin CORE PROGRAM ARGS...: becomes PROGRAM on that one core, and dies with its parent.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: pin CORE PROGRAM ARGS...\n");
    return 2;
  }
  int core = atoi(argv[1]);
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  if (sched_setaffinity(0, sizeof cores, &cores) < 0) {
    fprintf(stderr, "pin: cannot run on core %d: %s\n", core, strerror(errno));
    return 1;
  }
  // A server must not outlive a harness that was killed, and burn the core of the next run.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execvp(argv[2], argv + 2);
  fprintf(stderr, "pin: cannot run %s: %s\n", argv[2], strerror(errno));
  return 127;
}
