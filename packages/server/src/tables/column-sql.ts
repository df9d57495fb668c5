import { emptyWords, type SettledKind } from './column-kind.ts'

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Words as they were read, as values of the kind that was found; what does not fit after all is null. */
export function castColumn(name: string, { kind, type, hasUnit }: SettledKind): string {
  const text = quoteName(name)
  switch (kind) {
    case 'words':
      return text
    case 'boolean':
      return `case when lower(${text}) in ('true', 'yes', 'ja', 'wahr') then true
        when lower(${text}) in ('false', 'no', 'nein', 'falsch') then false end`
    case 'decimal-point':
      return hasUnit ? tryCast(`regexp_replace(${withMinus(text)}, '[^0-9.eE+-]', '', 'g')`, type) : tryCast(text, type)
    case 'decimal-comma':
      return tryCast(`replace(regexp_replace(${withMinus(text)}, '[^0-9,-]', '', 'g'), ',', '.')`, type)
    case 'date-dmy':
      return `cast(try_strptime(regexp_replace(${text}, '[./]', '-', 'g'), '%d-%m-%Y') as date)`
    case 'date-mdy':
      return `cast(try_strptime(regexp_replace(${text}, '[./]', '-', 'g'), '%m-%d-%Y') as date)`
    case 'date-iso':
      return tryCast(`replace(${text}, '/', '-')`, type)
    case 'timestamp-dmy':
      return strptime(text, '%d-%m-%Y')
    case 'timestamp-mdy':
      return strptime(text, '%m-%d-%Y')
    case 'timestamp-iso':
      return tryCast(`replace(replace(${text}, ',', '.'), ' UTC', 'Z')`, type)
    default:
      return tryCast(text, type)
  }
}

function tryCast(expression: string, type: string): string {
  return `try_cast(${expression} as ${type})`
}

function withMinus(text: string): string {
  return `replace(${text}, '−', '-')`
}

function strptime(text: string, date: string): string {
  const plain = `replace(regexp_replace(${text}, '[./]', '-', 'g'), ',', '')`
  return `try_strptime(${plain}, ['${date} %H:%M:%S', '${date} %H:%M', '${date}'])`
}

/** Words that stand for no value count as none where the others are numbers or times. */
export function nullWords(name: string, settled: SettledKind): string {
  if (settled.kind === 'words') return castColumn(name, settled)
  return `case when ${quoteName(name)} in (${emptyWords.map(quoteText).join(', ')}) then null else ${castColumn(name, settled)} end`
}
