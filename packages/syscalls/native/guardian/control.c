// The control socket: answers to whoever holds the other end, and commands from there.
#include "guardian.h"

#include <string.h>
#include <sys/socket.h>

void answer(int control, const int32_t *words, size_t count, int fd) {
  int32_t message[ANSWER_WORDS] = {0};
  for (size_t i = 0; i < count && i < ANSWER_WORDS; i++) message[i] = words[i];
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } rights = {0};
  struct iovec part = {message, sizeof message};
  struct msghdr parts = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd >= 0) {
    rights.header.cmsg_level = SOL_SOCKET;
    rights.header.cmsg_type = SCM_RIGHTS;
    rights.header.cmsg_len = CMSG_LEN(sizeof(int));
    *(int *)(void *)CMSG_DATA(&rights.header) = fd;
    parts.msg_control = &rights;
    parts.msg_controllen = sizeof rights;
  }
  // Nobody there to hear it is no failure, and nobody is waited for: all the answers of a
  // guardian's life find room in the socket.
  syscall(SYS_sendmsg, control, &parts, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int next_command(int control) {
  unsigned char byte = 0;
  long length = syscall(SYS_recvfrom, control, &byte, 1, MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
  if (length < 0) return errno == EAGAIN || errno == EINTR ? NO_COMMAND : CLOSED;
  // An empty message looks like the end, and nobody sends one: it is taken for the end.
  if (length == 0) return CLOSED;
  return length == 1 && ((byte >= 1 && byte <= 64) || byte == END_ALL) ? byte : NO_COMMAND;
}
