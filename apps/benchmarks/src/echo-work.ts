/** What is sent, by name. */
export const echoWorks = {
  echo: 'echo 1 KiB x 64 connections, one request at a time',
  lines: 'echo lines of 32 bytes x 64 connections, 32 at a time',
  bulk: 'echo 64 KiB writes, one connection, 16 at a time',
} as const

export type EchoWork = keyof typeof echoWorks
