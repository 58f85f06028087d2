// Everybody below this process, found in /proc.
//
// No list of descendants is complete while they run: whoever forks and exits leaves a
// child that is under nobody who was looked at. So nothing here relies on one look. The
// caller comes again until there is no child left, and each orphan becomes its child.
//
// A number that was read may be another process's by the time it is used. So a process is
// first pinned by a pidfd, then its parent is read, then the signal goes to the pidfd. Its
// parent's number is still the parent's: stopped, it cannot end, and whoever ends without
// having been reaped keeps its number. A parent that is this process vouches for any.
#include "guardian.h"

#include <fcntl.h>
#include <signal.h>

// Whoever finds no room has to wait for the next pass.
#define MOST_MEMBERS 65536
// Those that sleep in the kernel do not stop, and must not keep the others from dying.
#define MOST_STOPPING_PASSES 100

typedef struct {
  pid_t pid;
  pid_t parent;
  bool settled; // it can have no child that is not in the list
} member_t;

static member_t members[MOST_MEMBERS];
static size_t member_count;

// One bit for each number that Linux gives (PID_MAX_LIMIT): whether it is in the list.
#define MOST_PIDS (4 * 1024 * 1024)
static uint8_t listed[MOST_PIDS / 8];

typedef struct {
  char bytes[48];
  size_t length;
} path_t;

static void put(path_t *path, const char *text) {
  while (*text != '\0') path->bytes[path->length++] = *text++;
  path->bytes[path->length] = '\0';
}

static void put_number(path_t *path, pid_t number) {
  char digits[12];
  int at = sizeof digits - 1;
  digits[at] = '\0';
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  put(path, digits + at);
}

typedef struct {
  char state;
  pid_t parent;
} look_t;

// The name may contain anything, so the last parenthesis counts.
static bool look_at(pid_t pid, look_t *look) {
  path_t path = {.length = 0};
  put(&path, "/proc/");
  put_number(&path, pid);
  put(&path, "/stat");
  char text[512];
  int fd = open(path.bytes, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t length = read(fd, text, sizeof text);
  close(fd);
  ssize_t at = length - 1;
  while (at >= 0 && text[at] != ')') at--;
  if (at < 0 || at + 4 >= length) return false;
  look->state = text[at + 2];
  look->parent = 0;
  for (at += 4; at < length && text[at] >= '0' && text[at] <= '9'; at++)
    look->parent = look->parent * 10 + (text[at] - '0');
  return true;
}

static bool is_over(char state) { return state == 'Z' || state == 'X' || state == 'x'; }
static bool is_stopped(char state) { return state == 'T' || state == 't'; }

// 0, or what kept the signal from being sent; ESRCH when it is not (any more) who it was.
static int signal_member(member_t member, int number) {
  int pidfd = (int)syscall(SYS_pidfd_open, member.pid, 0);
  if (pidfd < 0) return errno;
  look_t look;
  int failed = ESRCH;
  // Who has lost its parent is a child of ours, and so it is still who it was.
  if (look_at(member.pid, &look) &&
      (look.parent == member.parent || look.parent == (pid_t)syscall(SYS_getpid)))
    failed = syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) < 0 ? errno : 0;
  close(pidfd);
  return failed;
}

static void add_member(pid_t pid, pid_t parent) {
  if (pid >= MOST_PIDS || member_count == MOST_MEMBERS) return;
  uint8_t bit = (uint8_t)(1u << (pid % 8));
  if (listed[pid / 8] & bit) return;
  listed[pid / 8] |= bit;
  members[member_count++] = (member_t){pid, parent, false};
}

static void forget_members(void) {
  for (size_t i = 0; i < member_count; i++) listed[members[i].pid / 8] = 0;
  member_count = 0;
}

typedef struct {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
} entry_t;

static pid_t number_of(const char *text) {
  pid_t number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (*text - '0');
  return *text == '\0' ? number : 0;
}

// Calls back with each entry of a folder whose name is a number.
static bool each_number(const char *folder, void (*call)(pid_t number, pid_t parent),
                        pid_t parent) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  _Alignas(8) char entries[4096];
  long bytes;
  while ((bytes = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0)
    for (long at = 0; at < bytes; at += ((entry_t *)(void *)(entries + at))->length) {
      pid_t number = number_of(((entry_t *)(void *)(entries + at))->name);
      if (number > 0) call(number, parent);
    }
  close(fd);
  return true;
}

static bool has_children_files = true;

// The children that one thread of a process has made, or been left.
static void add_children_of_thread(pid_t thread, pid_t pid) {
  path_t path = {.length = 0};
  put(&path, "/proc/");
  put_number(&path, pid);
  put(&path, "/task/");
  put_number(&path, thread);
  put(&path, "/children");
  int fd = open(path.bytes, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  char text[4096];
  ssize_t length;
  pid_t number = 0;
  while ((length = read(fd, text, sizeof text)) > 0)
    for (ssize_t at = 0; at < length; at++) {
      if (text[at] >= '0' && text[at] <= '9') {
        number = number * 10 + (text[at] - '0');
      } else {
        if (number > 0) add_member(number, pid);
        number = 0;
      }
    }
  close(fd);
}

static void add_if_child(pid_t pid, pid_t parent) {
  look_t look;
  if (look_at(pid, &look) && look.parent == parent) add_member(pid, parent);
}

static void add_children_of(pid_t pid) {
  // A kernel without CONFIG_PROC_CHILDREN: everybody is asked who the parent is.
  if (!has_children_files) {
    each_number("/proc", add_if_child, pid);
    return;
  }
  path_t path = {.length = 0};
  put(&path, "/proc/");
  put_number(&path, pid);
  put(&path, "/task");
  each_number(path.bytes, add_children_of_thread, pid);
}

static void find_children_files(void) {
  int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  has_children_files = fd >= 0;
  if (fd >= 0) close(fd);
}

static void begin_list(void) {
  find_children_files();
  forget_members();
  add_children_of((pid_t)syscall(SYS_getpid));
}

// All are listed before the first is told, since whoever ends leaves its children to others.
// Whom they start afterwards, to clean up, is not meant.
void signal_descendants(int number) {
  begin_list();
  for (size_t i = 0; i < member_count; i++) add_children_of(members[i].pid);
  for (size_t i = 0; i < member_count; i++) signal_member(members[i], number);
}

// Only a process that has stopped can be asked for all its children. Each is asked once:
// the work is in proportion to how many there are, however many passes it takes.
static bool settle(member_t *member) {
  look_t look;
  if (!look_at(member->pid, &look) || is_over(look.state)) return true;
  if (!is_stopped(look.state)) return signal_member(*member, SIGSTOP) != 0;
  add_children_of(member->pid);
  return true;
}

// One pass, from the top down; says whether anybody can still fork.
static bool stop_members(void) {
  bool all_settled = true;
  add_children_of((pid_t)syscall(SYS_getpid));
  for (size_t i = 0; i < member_count; i++) {
    if (!members[i].settled) members[i].settled = settle(&members[i]);
    all_settled &= members[i].settled;
  }
  return !all_settled;
}

size_t kill_descendants(size_t *refused) {
  begin_list();
  for (int passes = MOST_STOPPING_PASSES; stop_members() && passes > 0; passes--)
    syscall(SYS_sched_yield);
  size_t killed = 0;
  *refused = 0;
  // From the bottom up: a parent that dies first would leave its children another parent.
  for (size_t i = member_count; i-- > 0;) {
    int failed = signal_member(members[i], SIGKILL);
    killed += failed == 0;
    *refused += failed == EPERM;
  }
  return killed;
}
