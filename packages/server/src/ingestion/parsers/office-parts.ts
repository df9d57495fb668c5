import { posix } from 'node:path'
import { ParseFailure } from './parse-failure.ts'
import { attributeOf, childrenOf, findElement, parseXml, type XmlElement } from './parse-xml.ts'

export interface Relationship {
  /** The last word of the type's address: `slide`, `notesSlide`, `chart`, `worksheet` … */
  readonly type: string
  /** Name of the part in the archive. */
  readonly target: string
}

/** Where the parts are that a part names by relationship id. */
export async function readRelationships(
  parts: ReadonlyMap<string, Uint8Array>,
  part: string,
): Promise<Map<string, Relationship>> {
  const folder = posix.dirname(part)
  const xml = parts.get(posix.join(folder, '_rels', `${posix.basename(part)}.rels`))
  const relationships = new Map<string, Relationship>()
  if (xml === undefined) return relationships
  for (const element of childrenOf(findElement(await parseXml(xml), 'Relationships'), 'Relationship')) {
    const target = attributeOf(element, 'Target')
    const id = attributeOf(element, 'Id')
    if (target === undefined || id === undefined || attributeOf(element, 'TargetMode') === 'External') continue
    relationships.set(id, {
      type: posix.basename(attributeOf(element, 'Type') ?? ''),
      target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
    })
  }
  return relationships
}

export async function readXmlPart(
  parts: ReadonlyMap<string, Uint8Array>,
  name: string,
): Promise<XmlElement | undefined> {
  const xml = parts.get(name)
  return xml === undefined ? undefined : parseXml(xml)
}

export async function requireXmlPart(parts: ReadonlyMap<string, Uint8Array>, name: string): Promise<XmlElement> {
  const part = await readXmlPart(parts, name)
  if (part === undefined) throw new ParseFailure('damaged', `The file is damaged or incomplete: it has no ${name}.`)
  return part
}

/** The title in the document's properties, if its author gave one. */
export async function readTitle(parts: ReadonlyMap<string, Uint8Array>): Promise<string | null> {
  const properties = findElement(await readXmlPart(parts, 'docProps/core.xml'), 'coreProperties', 'title')
  const title = properties?.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim()
  return title === undefined ||
    title === '' ||
    /^(?:powerpoint presentation|presentation|document|title)\d*$/i.test(title)
    ? null
    : title
}
