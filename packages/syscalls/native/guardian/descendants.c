// Everybody below this process, found in /proc.
//
// No list of descendants is complete while they run: whoever forks and exits leaves a
// child that is under nobody who was looked at. So nothing here relies on one look. The
// caller comes again until there is no child left, and each orphan becomes its child.
//
// A number that was read may be another process's by the time it is used. So a process is
// first pinned by a pidfd, then its parent is read, then the signal goes to the pidfd. Its
// parent's number is still the parent's: stopped, it cannot end, and whoever ends without
// having been reaped keeps its number.
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
} member_t;

static member_t members[MOST_MEMBERS];
static size_t member_count;

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
  if (look_at(member.pid, &look) && look.parent == member.parent)
    failed = syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) < 0 ? errno : 0;
  close(pidfd);
  return failed;
}

static void add_member(pid_t pid, pid_t parent) {
  if (member_count < MOST_MEMBERS) members[member_count++] = (member_t){pid, parent};
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

// From the top down, so that whoever is visited cannot have children behind our back.
static size_t for_each_descendant(size_t (*visit)(member_t member, int number), int number) {
  find_children_files();
  member_count = 0;
  size_t sum = 0;
  add_children_of((pid_t)syscall(SYS_getpid));
  for (size_t i = 0; i < member_count; i++) {
    sum += visit(members[i], number);
    add_children_of(members[i].pid);
  }
  return sum;
}

static size_t send(member_t member, int number) { return signal_member(member, number) == 0; }

void signal_descendants(int number) { for_each_descendant(send, number); }

// 1 while it may still fork.
static size_t stop(member_t member, int number) {
  look_t look;
  if (!look_at(member.pid, &look) || is_over(look.state) || is_stopped(look.state)) return 0;
  return signal_member(member, number) == 0;
}

size_t kill_descendants(size_t *refused) {
  int passes = MOST_STOPPING_PASSES;
  while (for_each_descendant(stop, SIGSTOP) > 0 && --passes > 0)
    ;
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
