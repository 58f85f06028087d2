import { fileURLToPath } from 'node:url'

/** The path of a file of this app, given from its top folder. */
export function packagePath(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url))
}
