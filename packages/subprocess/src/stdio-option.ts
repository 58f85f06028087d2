import type { AnyReadable, AnyWritable, FdLike, StreamReader, StreamWriter } from '@tsyncio/streams'

/** The stream is connected to this process: asyncio's `subprocess.PIPE`. */
export const PIPE = 'pipe'
/** What is written to stderr goes where stdout goes: asyncio's `subprocess.STDOUT`. */
export const STDOUT = 'stdout'
/** The stream is `/dev/null`: asyncio's `subprocess.DEVNULL`. */
export const DEVNULL = 'null'

/** A file that a child reads, or writes from its start on, or at its end. */
export interface FileStdio {
  readonly file: string | URL
  /** Whether what is there is kept, and written behind. Default: false. */
  readonly append?: boolean | undefined
}

/**
 * What a child's stdin or stdout is: connected to this process, the same as this process
 * has, `/dev/null`, an fd of this process, which stays open, or a file.
 */
export type StdioOption = 'pipe' | 'inherit' | 'null' | FdLike | FileStdio

/** Also a stream, which is read to its end into the child's stdin. */
export type StdinOption = StdioOption | StreamReader | AnyReadable

/** Also a stream, which gets what the child writes, and is ended then. */
export type OutputOption = StdioOption | StreamWriter | AnyWritable
