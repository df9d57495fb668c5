const beyondAscii = /[\u007f-\uffff]/g

/** Text as a JSON string in ASCII. Quivr's clients split a stream at `data: `, so no string may hold these characters. */
export function asciiString(text: string): string {
  return JSON.stringify(text)
    .replace(beyondAscii, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('data: ', 'data:\\u0020')
}

/** JSON as Python's `json.dumps` writes it: ASCII only, a blank after each comma and colon. Absent fields are left out. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'string') return asciiString(value)
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return `{${fields.map(([name, field]) => `${asciiString(name)}: ${pythonJson(field)}`).join(', ')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
