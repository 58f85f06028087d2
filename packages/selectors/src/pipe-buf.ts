/** So many bytes can be written at once to a pipe that was reported writable. */
export const PIPE_BUF = 4096
