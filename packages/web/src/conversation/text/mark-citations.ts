interface Node {
  type: string
  value?: string
  children?: Node[]
  data?: { hName: string; hProperties: Readonly<Record<string, string>> }
}

const marker = /\[(\d{1,3})\]/

/**
 * A remark plugin. Every `[3]` of the text becomes a span that knows its number; whether the message has such a
 * citation is for whoever shows it to say. Line breaks in tables, which Markdown can only write as HTML, become breaks.
 */
export function markCitations() {
  return (tree: Node) => visit(tree)
}

function visit(node: Node): void {
  if (node.children === undefined || node.type === 'link') return
  node.children = node.children.flatMap((child) => {
    if (child.type === 'html' && /^<br\s*\/?>$/i.test(child.value ?? '')) return [{ type: 'break' }]
    if (child.type === 'text' && marker.test(child.value ?? '')) return split(child.value ?? '')
    visit(child)
    return [child]
  })
}

function split(text: string): Node[] {
  return text
    .split(/(\[\d{1,3}\])/)
    .filter((part) => part !== '')
    .map((part) => {
      const number = new RegExp(`^${marker.source}$`).exec(part)?.[1]
      if (number === undefined) return { type: 'text', value: part }
      const data = { hName: 'span', hProperties: { 'data-citation': number } }
      return { type: 'citation', children: [{ type: 'text', value: part }], data }
    })
}
