/** The steps of a child before its program runs; `child.h` has the same list. */
export const spawnSteps = [
  'clone',
  'setsid',
  'setpgid',
  'close_range',
  'dup2',
  'TIOCSCTTY',
  'tcsetpgrp',
  'setgroups',
  'setgid',
  'setuid',
  'chdir',
  'execve',
] as const
