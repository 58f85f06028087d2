// What the guardian needs of a C library, and nothing else: so it is a file of some
// tens of KiB that runs on every Linux of its architecture, whichever C library that has.
// Left out under a sanitizer, which brings a C library along.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int main(int argc, char **argv);
// clone(2) of a child that calls `call` on its own stack, and never returns from that.
long raw_clone(int (*call)(void *), void *stack, long flags, void *argument, int *pidfd);

static int last_error;
int *__errno_location(void) { return &last_error; }

#if defined(__x86_64__)
static long raw(long n, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
__asm__(".globl _start\n"
        "_start:\n"
        "  xor %ebp, %ebp\n"
        "  mov %rsp, %rdi\n"
        "  and $-16, %rsp\n"
        "  call begin\n"
        "raw_clone:\n"
        "  sub $16, %rsi\n"
        "  mov %rdi, (%rsi)\n"
        "  mov %rcx, 8(%rsi)\n"
        "  mov %rdx, %rdi\n"
        "  mov %r8, %rdx\n"
        "  xor %r10d, %r10d\n"
        "  xor %r8d, %r8d\n"
        "  mov $56, %eax\n"
        "  syscall\n"
        "  test %rax, %rax\n"
        "  jnz 1f\n"
        "  xor %ebp, %ebp\n"
        "  pop %rax\n"
        "  pop %rdi\n"
        "  call *%rax\n"
        "  hlt\n"
        "1: ret\n");
#elif defined(__aarch64__)
static long raw(long n, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
__asm__(".globl _start\n"
        "_start:\n"
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x0, sp\n"
        "  bl begin\n"
        "raw_clone:\n"
        "  stp x0, x3, [x1, #-16]!\n"
        "  mov x0, x2\n"
        "  mov x2, x4\n"
        "  mov x3, #0\n"
        "  mov x4, #0\n"
        "  mov x8, #220\n"
        "  svc #0\n"
        "  cbnz x0, 1f\n"
        "  mov x29, #0\n"
        "  ldp x1, x0, [sp], #16\n"
        "  blr x1\n"
        "  brk #0\n"
        "1: ret\n");
#else
#error "no system calls for this architecture"
#endif

__attribute__((used)) void begin(long *stack) {
  _exit(main((int)stack[0], (char **)(stack + 1)));
}

static long result_of(long result) {
  if (result >= 0 || result < -4095) return result;
  errno = (int)-result;
  return -1;
}

long syscall(long number, ...) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  return result_of(raw(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

void _exit(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

int open(const char *path, int flags, ...) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
}
int close(int fd) { return (int)syscall(SYS_close, fd); }
ssize_t read(int fd, void *bytes, size_t count) { return syscall(SYS_read, fd, bytes, count); }
int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  long argument = va_arg(list, long);
  va_end(list);
  return (int)syscall(SYS_fcntl, fd, command, argument);
}
int dup2(int from, int to) {
  // dup3 refuses what dup2 calls done.
  if (from == to) return fcntl(from, F_GETFD) < 0 ? -1 : to;
  return (int)syscall(SYS_dup3, from, to, 0);
}
void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}
int munmap(void *at, size_t length) { return (int)syscall(SYS_munmap, at, length); }
int fstat(int fd, struct stat *file) { return (int)syscall(SYS_fstat, fd, file); }
#ifdef __GLIBC__
typedef unsigned long request_t;
#else
typedef int request_t;
#endif
int ioctl(int fd, request_t request, ...) {
  va_list list;
  va_start(list, request);
  long argument = va_arg(list, long);
  va_end(list);
  return (int)syscall(SYS_ioctl, fd, request, argument);
}
pid_t getpgrp(void) { return (pid_t)syscall(SYS_getpgid, 0); }
pid_t getppid(void) { return (pid_t)syscall(SYS_getppid); }
int tcsetpgrp(int fd, pid_t group) { return ioctl(fd, TIOCSPGRP, &group); }
mode_t umask(mode_t mask) { return (mode_t)syscall(SYS_umask, mask); }
pid_t waitpid(pid_t pid, int *status, int options) {
  return (pid_t)syscall(SYS_wait4, pid, status, options, NULL);
}
int clone(int (*call)(void *), void *stack, int flags, void *argument, ...) {
  va_list list;
  va_start(list, argument);
  int *pidfd = va_arg(list, int *);
  va_end(list);
  return (int)result_of(raw_clone(call, stack, flags, argument, pidfd));
}
int chdir(const char *path) { return (int)syscall(SYS_chdir, path); }
pid_t setsid(void) { return (pid_t)syscall(SYS_setsid); }
int setpgid(pid_t pid, pid_t group) { return (int)syscall(SYS_setpgid, pid, group); }
int execve(const char *path, char *const args[], char *const env[]) {
  return (int)syscall(SYS_execve, path, args, env);
}

// One plan in a life: each piece is a mapping of its own, and is not given back.
void *malloc(size_t length) {
  void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}
void free(void *memory) { (void)memory; }

// The compiler may make calls of these out of loops and copies.
void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  for (size_t i = 0; i < count; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}
void *memset(void *to, int byte, size_t count) {
  for (size_t i = 0; i < count; i++) ((char *)to)[i] = (char)byte;
  return to;
}
size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != '\0') length++;
  return length;
}
