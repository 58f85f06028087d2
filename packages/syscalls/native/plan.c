// Reading a plan from bytes that may be anything.
#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const int32_t *word;
  size_t strings; // how many
  size_t bytes;   // of them all, the NULs included
  size_t groups;
} shape_t;

static bool between(int32_t value, int32_t least, int32_t most) {
  return value >= least && value <= most;
}

static bool are_words_good(const int32_t *word) {
  return word[WORDS] == PLAN_WORDS && between(word[FDS], 0, MOST_FDS) &&
         between(word[GROUPS], -1, MOST_GROUPS) && word[FILES] >= 1 && word[ARGS] >= 1 &&
         word[VARIABLES] >= 0 && between(word[FOLDERS], 0, 1) &&
         between(word[NEW_SESSION], 0, 1) && word[PROCESS_GROUP] >= -1 &&
         word[TERMINAL] >= -1 && word[FOREGROUND] >= -1 && between(word[UMASK], -1, 0777);
}

// Counts cannot be more than the bytes that hold what they count.
static bool measure(shape_t *shape, size_t length, size_t fd_count) {
  const int32_t *word = shape->word;
  shape->groups = word[GROUPS] < 0 ? 0 : (size_t)word[GROUPS];
  shape->strings = (size_t)word[FILES] + (size_t)word[ARGS] + (size_t)word[VARIABLES] +
                   (size_t)word[FOLDERS];
  size_t before = (PLAN_WORDS + (size_t)word[FDS] + shape->groups) * sizeof(int32_t);
  if (fd_count != (size_t)word[FDS] || length <= before) return false;
  shape->bytes = length - before;
  return shape->strings <= shape->bytes;
}

static bool are_strings(const char *text, const shape_t *shape) {
  size_t ends = 0;
  for (size_t at = 0; at < shape->bytes; at++) ends += text[at] == '\0';
  return ends == shape->strings && text[shape->bytes - 1] == '\0';
}

static bool are_fds(const int32_t *fds, int32_t count) {
  for (int32_t i = 0; i < count; i++)
    if (fds[i] < 0) return false;
  return true;
}

static char **take(char ***slot, char **text, int32_t count) {
  char **first = *slot;
  for (int32_t i = 0; i < count; i++) {
    *(*slot)++ = *text;
    *text += strlen(*text) + 1;
  }
  *(*slot)++ = NULL;
  return first;
}

// One piece of memory: pointers, then the numbers, then the strings. What is checked is
// the copy: the bytes may be memory that another thread writes.
static int fill(plan_t *plan, const shape_t *shape, const char *bytes, const int32_t *fds) {
  const int32_t *word = shape->word;
  size_t fd_bytes = (size_t)word[FDS] * sizeof(int32_t);
  size_t group_bytes = shape->groups * sizeof(uint32_t);
  // A NULL behind each of the four lists, and the slot before the arguments.
  size_t pointer_bytes = (shape->strings + 5) * sizeof(char *);
  char *memory = malloc(pointer_bytes + 2 * fd_bytes + group_bytes + shape->bytes);
  if (memory == NULL) return -ENOMEM;
  plan->memory = memory;
  plan->sources = (int32_t *)(memory + pointer_bytes);
  char *copy = memory + pointer_bytes + fd_bytes;
  if (fd_bytes > 0) memcpy(plan->sources, fds, fd_bytes);
  memcpy(copy, bytes + PLAN_WORDS * sizeof(int32_t), fd_bytes + group_bytes + shape->bytes);
  plan->targets = (const int32_t *)copy;
  plan->groups = (const uint32_t *)(copy + fd_bytes);
  char *text = copy + fd_bytes + group_bytes;
  if (!are_fds(plan->targets, word[FDS]) || !are_strings(text, shape)) return -EINVAL;
  char **slot = (char **)memory;
  plan->files = take(&slot, &text, word[FILES]);
  slot++;
  plan->args = take(&slot, &text, word[ARGS]);
  plan->env = take(&slot, &text, word[VARIABLES]);
  plan->cwd = *take(&slot, &text, word[FOLDERS]);
  return 0;
}

int plan_read(plan_t *plan, const void *bytes, size_t length, const int32_t *fds,
              size_t fd_count) {
  int32_t word[PLAN_WORDS];
  memset(plan, 0, sizeof *plan);
  if (length < sizeof word) return -EINVAL;
  memcpy(word, bytes, sizeof word);
  shape_t shape = {.word = word};
  if (!are_words_good(word) || !measure(&shape, length, fd_count)) return -EINVAL;
  int result = fill(plan, &shape, bytes, fds);
  if (result < 0) plan_free(plan);
  plan->fd_count = word[FDS];
  plan->group_count = word[GROUPS];
  plan->new_session = word[NEW_SESSION] != 0;
  plan->process_group = word[PROCESS_GROUP];
  plan->terminal = word[TERMINAL];
  plan->foreground = word[FOREGROUND];
  plan->uid = (uint32_t)word[UID];
  plan->gid = (uint32_t)word[GID];
  plan->umask = word[UMASK];
  return result;
}

void plan_free(plan_t *plan) {
  free(plan->memory);
  plan->memory = NULL;
}
