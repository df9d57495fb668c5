import { cleanText } from './clean-text.ts'
import { type CodeSyntax, syntaxOf } from './code-definitions.ts'
import { parsePlainText } from './parse-plain-text.ts'
import type { ParsedDocument } from './parsed-document.ts'

interface Definition {
  readonly name: string
  readonly indent: number
  readonly isContainer: boolean
}

const maxNameLength = 100
/** Longer lines are data or were made by a machine. */
const maxLineLength = 400
const closing = /^\s*(?:[)\]}{]|end\b|fi\b|done\b|esac\b|else\b|elif\b|except\b|finally\b|catch\b|rescue\b|ensure\b)/
const belongsBelow = /^\s*(?:\/\/|\/\*|\*|#|--|;;|@|%%|"""|\[\[?\w)/

/**
 * Source code as it is: what empty lines separate is a block, whose heading path names the class and function it stands
 * in. Found by a light scan of lines: a definition reaches to the next line that is indented no deeper, as everybody
 * writes; comments and decorators right above belong to it. Code that is laid out otherwise loses names, never text.
 */
export function parseCode(raw: string, extension: string): ParsedDocument {
  const syntax = syntaxOf(extension)
  if (syntax === undefined) return parsePlainText(raw, 'code')
  const text = cleanText(raw)
  const changes = findPaths(text, syntax)
  const { blocks } = parsePlainText(
    text,
    'code',
    changes.map(({ start }) => start),
  )
  let current = -1
  const placed = blocks.map((block) => {
    while ((changes[current + 1]?.start ?? Number.POSITIVE_INFINITY) <= block.start) current++
    return { ...block, headingPath: changes[current]?.path ?? [] }
  })
  return { text, blocks: placed, title: null, warnings: [] }
}

interface PathChange {
  readonly start: number
  readonly path: readonly string[]
}

/** Where another definition begins, or one ends. */
function findPaths(text: string, syntax: CodeSyntax): PathChange[] {
  const changes: PathChange[] = []
  let open: Definition[] = []
  // Start of the comments and decorators right above.
  let lead: number | undefined
  for (const { 0: line, index } of text.matchAll(/^.*$/gm)) {
    if (line.trim() === '') {
      lead = undefined
      continue
    }
    const indent = indentOf(line)
    const container = open.findLast((definition) => definition.indent < indent)
    const definition = line.length > maxLineLength ? undefined : findDefinition(line, indent, syntax, container)
    if (definition !== undefined) {
      open = [...open.filter((each) => each.indent < indent), definition]
      changes.push({ start: lead ?? index, path: open.map(({ name }) => name) })
    } else if (syntax.isFlat !== true && !closing.test(line) && !belongsBelow.test(line)) {
      const kept = open.filter((each) => each.indent < indent)
      if (kept.length < open.length) {
        open = kept
        changes.push({ start: lead ?? index, path: open.map(({ name }) => name) })
      }
    }
    lead = belongsBelow.test(line) ? (lead ?? index) : undefined
  }
  return changes
}

/** Functions within functions are part of them; members only stand in containers. */
function findDefinition(
  line: string,
  indent: number,
  { containers, functions, members = [] }: CodeSyntax,
  around: Definition | undefined,
): Definition | undefined {
  if (around !== undefined && !around.isContainer) return undefined
  const nameIn = (patterns: readonly RegExp[]) => {
    for (const pattern of patterns) {
      const name = pattern.exec(line)?.[1]?.trim().slice(0, maxNameLength)
      if (name !== undefined && name !== '') return name
    }
    return undefined
  }
  const container = nameIn(containers)
  if (container !== undefined) return { name: container, indent, isContainer: true }
  const name = nameIn(functions) ?? (around === undefined ? undefined : nameIn(members))
  return name === undefined ? undefined : { name, indent, isContainer: false }
}

function indentOf(line: string): number {
  const blank = /^\s*/.exec(line)?.[0] ?? ''
  return blank.replaceAll('\t', '    ').length
}
