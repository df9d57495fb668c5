import { words as english } from './en.ts'

export const words = mirrored(english)

/** Every text between marks that make any letters run from right to left. What is filled in runs so as well. */
function mirrored<T extends object>(tree: T): T {
  const entries = Object.entries(tree).map(([key, value]) => [
    key,
    typeof value === 'string' ? `\u202E${value}\u202C` : mirrored(value),
  ])
  // fromEntries forgets which key goes with which text.
  return Object.fromEntries(entries) as T
}
