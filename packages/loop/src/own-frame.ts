// A test kit is its user's code, not the library's.
const ownFrame =
  /[\\/](?:@tsyncio|packages)[\\/](?:loop|tasks|streams|subprocess)[\\/](?:src|dist)[\\/](?!testing)/

/** Whether a line of a stack is about this library's code. */
export function isOwnFrame(line: string): boolean {
  return ownFrame.test(line)
}
