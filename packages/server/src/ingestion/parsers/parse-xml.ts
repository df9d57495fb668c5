import { ParseFailure } from './parse-failure.ts'

/** An element of a part of an Office file or EPUB; names keep no prefix, which differs between writers. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (XmlElement | string)[]
}

const maxDepth = 500

/** A small tree of a part. htmlparser2 in XML mode repairs rather than refuses, so a damaged part still gives what it has. */
export async function parseXml(xml: Uint8Array | string): Promise<XmlElement> {
  const root: XmlElement = { name: '', attributes: {}, children: [] }
  const open = [root]
  await readXml(xml, {
    onOpen(name, attributes) {
      const element = { name, attributes, children: [] }
      open.at(-1)?.children.push(element)
      open.push(element)
    },
    onClose() {
      open.pop()
    },
    onText(text) {
      open.at(-1)?.children.push(text)
    },
  })
  return root
}

export interface XmlEvents {
  onOpen(name: string, attributes: Readonly<Record<string, string>>): void
  onClose(name: string): void
  onText(text: string): void
}

const chunkBytes = 1 << 20

/** Calls back for each tag and text, for parts too large to hold as a tree or as one string. */
export async function readXml(xml: Uint8Array | string, events: XmlEvents): Promise<void> {
  const { Parser } = await import('htmlparser2')
  let depth = 0
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (++depth > maxDepth) throw new ParseFailure('damaged', 'The file nests its parts too deeply to be read.')
        events.onOpen(localName(name), attributes)
      },
      onclosetag: (name) => {
        depth--
        events.onClose(localName(name))
      },
      ontext: (text) => events.onText(text),
    },
    { xmlMode: true, decodeEntities: true },
  )
  if (typeof xml === 'string') {
    parser.end(xml)
    return
  }
  const decoder = new TextDecoder(xml[0] === 0xff && xml[1] === 0xfe ? 'utf-16le' : 'utf-8')
  for (let start = 0; start < xml.length; start += chunkBytes) {
    parser.write(decoder.decode(xml.subarray(start, start + chunkBytes), { stream: true }))
  }
  parser.end()
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** An attribute by its local name, whatever its prefix. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  if (element === undefined) return undefined
  const direct = element.attributes[name]
  if (direct !== undefined) return direct
  return Object.entries(element.attributes).find(([key]) => localName(key) === name)?.[1]
}

/** The relationship id of an element: `r:id`, which is not its `id`. */
export function relationOf(element: XmlElement, name = 'id'): string | undefined {
  return Object.entries(element.attributes).find(([key]) => key.includes(':') && localName(key) === name)?.[1]
}

export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return (
    element?.children.filter((child): child is XmlElement => typeof child !== 'string' && child.name === name) ?? []
  )
}

/** The first element at a path of names below. */
export function findElement(element: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((found, name) => childrenOf(found, name)[0], element)
}

/** Every element of a name below, in order. */
export function* descendantsOf(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    if (child.name === name) yield child
    yield* descendantsOf(child, name)
  }
}

export function textOf(element: XmlElement | undefined): string {
  return element?.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('') ?? ''
}
