// What a child is to become, sent as one piece of bytes: to this thread's own spawn, or
// over a socket to another process that spawns. No Node-API here, nor in child.c and
// start.c: a plain C program uses the three as they are.
#ifndef TSYNCIO_PLAN_H
#define TSYNCIO_PLAN_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_FDS 256
#define MOST_GROUPS 65536

// The words of the header, each an int32_t of this machine; `planWords` in
// encode-plan.ts has the same list. -1 says that a thing is left alone. Behind them come
//   int32_t targets[FDS]       what the n-th fd of the spawner is in the child
//   uint32_t groups[GROUPS]    (none when GROUPS is -1)
//   char strings[]             each ended by a NUL: FILES to try to execute, ARGS, then
//                              VARIABLES, then at most one FOLDERS: where it begins
enum plan_word {
  WORDS, // how many words the header has
  FDS,
  GROUPS,
  FILES,
  ARGS,
  VARIABLES,
  FOLDERS,
  NEW_SESSION,   // 0 or 1
  PROCESS_GROUP, // 0: one of its own
  TERMINAL,      // the child's fd of what becomes its controlling terminal
  FOREGROUND,    // the child's fd of the terminal whose foreground its group becomes
  UID,
  GID,
  UMASK,
  PLAN_WORDS
};

typedef struct {
  char **files; // what to try to execute, in order
  char **args;  // one free slot before args[0]
  char **env;
  const char *cwd; // NULL for the spawner's
  int32_t *sources; // the spawner's fds; scratch memory of the child
  const int32_t *targets;
  int fd_count;
  const uint32_t *groups;
  int group_count; // -1 to leave them
  bool new_session;
  int32_t process_group;
  int32_t terminal;
  int32_t foreground;
  uint32_t uid;  // ~0 to leave it
  uint32_t gid;
  int32_t umask;
  // Not in the bytes: the spawner, if the child is to be killed when that one ends; or 0.
  int32_t parent;
  void *memory;
} plan_t;

// Reads a plan. Takes no byte of it for granted: what is no plan is -EINVAL. `fds` are
// the spawner's, as many as the plan has targets. The plan is a copy; plan_free() it.
int plan_read(plan_t *plan, const void *bytes, size_t length, const int32_t *fds,
              size_t fd_count);
void plan_free(plan_t *plan);

#endif
