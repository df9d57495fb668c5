interface Node {
  readonly type: string
  properties?: Record<string, unknown>
  readonly children?: readonly Node[]
}

/**
 * A rehype plugin: each paragraph, list or table runs as its own first words do, whatever comes before it. Only the
 * outermost are marked, for a list must turn with its items.
 */
export function markDirection() {
  return (tree: Node) => {
    for (const child of tree.children ?? [])
      if (child.type === 'element') child.properties = { ...child.properties, dir: 'auto' }
  }
}
