/** Statements that only read; what each really is, DuckDB's own parser says once more. */
const readers = new Set(['select', 'with', 'from', 'values', 'describe', 'desc', 'summarize', 'show'])
export const maxSqlCharacters = 10_000

/** A refusal in words, before any database has seen the text; `undefined` when nothing speaks against it. */
export function refuseStatement(sql: string): string | undefined {
  if (sql.length > maxSqlCharacters) return `The statement is longer than ${maxSqlCharacters} characters.`
  if (sql.includes('\0')) return 'The statement holds a character that no statement may hold.'
  const words = sqlWords(sql)
  const first = words[0]
  if (first === undefined) return 'There is no statement.'
  if (!readers.has(first)) {
    return `Only statements that read are allowed: SELECT, WITH, VALUES, DESCRIBE, SUMMARIZE. This one begins with ${first.toUpperCase()}.`
  }
  const call = callsOf(sql).find((name) => closed.test(name))
  return call === undefined ? undefined : `The function ${call} is not available here.`
}

/** Functions that reach for files, settings or other statements: DuckDB is locked against them, too. */
const closed =
  /^(?:read_.*|parquet_.*|sniff_.*|pragma_.*|glob|getenv|current_setting|getvariable|duckdb_(?:settings|secrets|logs?|extensions|temporary_files)|which_secret|query|query_table|enable_.*|disable_.*|force_checkpoint|checkpoint|.*_scan(?:_.*)?|st_read.*|load_.*|write_.*)$/

/** Names with a bracket behind them. */
function callsOf(sql: string): string[] {
  const calls: string[] = []
  let before: string | undefined
  for (const { text, word } of lex(sql)) {
    if (text === '(' && before !== undefined) calls.push(before)
    before = word
  }
  return calls
}

/**
 * The names and keywords of a statement in lower case, in order, those in double quotes as they stand; without what is
 * in comments and texts. Good enough to know which tables may be meant, never to decide what is safe.
 */
export function sqlWords(sql: string): string[] {
  return lex(sql).flatMap(({ word }) => word ?? [])
}

const lexemes =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|(\$[\p{L}_]*\$)[\s\S]*?(?:\1|$)|"((?:[^"]|"")*)(?:"|$)|[\p{L}_][\p{L}\p{N}_]*|\S/gu

function lex(sql: string): { text: string; word: string | undefined }[] {
  return [...sql.matchAll(lexemes)].flatMap(([text, , quoted]) => {
    if (/^(?:--|\/\*)/.test(text)) return []
    if (quoted !== undefined) return [{ text, word: quoted.replaceAll('""', '"').toLowerCase() }]
    return [{ text, word: /^[\p{L}_]/u.test(text) ? text.toLowerCase() : undefined }]
  })
}
