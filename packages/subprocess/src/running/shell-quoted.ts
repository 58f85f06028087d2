const plain = /^[\w@%+=:,./-]+$/

function quoted(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A command as one would type it into a shell. */
export function shellQuoted(command: readonly string[]): string {
  return command.map(quoted).join(' ')
}
