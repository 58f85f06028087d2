// The fds that this environment made. A worker can be terminated at any moment,
// and JavaScript never hears of it: what it had open is closed from here.
#include "addon.h"

#include <string.h>
#include <unistd.h>

int64_t own_fd(environment_t *environment, int64_t fd) {
  if (fd < 0) return fd;
  size_t byte = (size_t)fd / 8;
  if (byte >= environment->owned_bytes) {
    size_t bytes = byte * 2 + 64;
    uint8_t *larger = realloc(environment->owned, bytes);
    if (larger == NULL) {
      close((int)fd);
      return -ENOMEM;
    }
    memset(larger + environment->owned_bytes, 0, bytes - environment->owned_bytes);
    environment->owned = larger;
    environment->owned_bytes = bytes;
  }
  environment->owned[byte] |= (uint8_t)(1u << (fd % 8));
  return fd;
}

int64_t own_pair(environment_t *environment, int64_t result, const int fds[2], int32_t *out) {
  if (result < 0) return result;
  if (own_fd(environment, fds[0]) < 0) {
    close(fds[1]);
    return -ENOMEM;
  }
  if (own_fd(environment, fds[1]) < 0) {
    disown_fd(environment, fds[0]);
    close(fds[0]);
    return -ENOMEM;
  }
  out[0] = fds[0];
  out[1] = fds[1];
  return 0;
}

void disown_fd(environment_t *environment, int fd) {
  size_t byte = (size_t)fd / 8;
  if (byte < environment->owned_bytes) environment->owned[byte] &= (uint8_t)~(1u << (fd % 8));
}

void close_owned_fds(environment_t *environment) {
  for (size_t byte = 0; byte < environment->owned_bytes; byte++)
    for (unsigned bit = 0; bit < 8; bit++)
      if (environment->owned[byte] & (1u << bit)) close((int)(byte * 8 + bit));
  environment->owned_bytes = 0;
}
