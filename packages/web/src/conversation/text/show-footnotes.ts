import { elsewhere } from './references.ts'

interface Node {
  readonly type: string
  readonly value?: string
  readonly label?: string
  readonly identifier?: string
  children?: Node[]
  readonly data?: { readonly hName: string; readonly hProperties?: Readonly<Record<string, string>> }
}

/**
 * A remark plugin. Footnotes keep the names that the text gives them and stand where the text has them: an answer is
 * read piece by piece, so nobody knows which is the first or where the end is.
 */
export function showFootnotes() {
  return (tree: Node) => visit(tree)
}

function visit(node: Node): void {
  if (node.children === undefined) return
  node.children = node.children.flatMap((child) => {
    if (child.type === 'footnoteReference') return [markOf(child)]
    visit(child)
    if (child.type !== 'footnoteDefinition') return [child]
    const [first, ...rest] = child.children ?? []
    if (first?.children?.[0]?.value === elsewhere) return []
    const begun = { ...first, type: 'paragraph', children: [markOf(child), space, ...(first?.children ?? [])] }
    const data = { hName: 'div', hProperties: { className: 'text-sm text-muted-foreground' } }
    return [{ type: 'footnote', children: [begun, ...rest], data }]
  })
}

const space: Node = { type: 'text', value: ' ' }

function markOf({ label, identifier }: Node): Node {
  return {
    type: 'footnoteMark',
    children: [{ type: 'text', value: label ?? identifier ?? '' }],
    data: { hName: 'sup' },
  }
}
