const maxLength = 60

/** A name from a chat's first question alone: its first words. */
export function titleFromQuestion(question: string): string {
  const line = oneLine(question.replace(/^[\s>#*`-]+/, ''))
  return cutWords(line)
}

/** A model's title as it can stand in a list; empty when it is none. */
export function titleFromModel(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? ''
  return cutWords(
    oneLine(withoutMarks(line).replace(/^\s*(#+|\*+|[-–•])\s*|^\s*title:\s*/i, '')).replace(
      /^["'“„»«`*]+|["'”“»«`*.]+$/g,
      '',
    ),
  )
}

/** A list shows no Markdown. */
function withoutMarks(line: string): string {
  return line.replace(/(\*\*|`)(.+?)\1/g, '$2')
}

function oneLine(text: string): string {
  return text.slice(0, 1_000).replaceAll('\0', '').replace(/\s+/g, ' ').trim().toWellFormed()
}

function cutWords(line: string): string {
  const letters = [...line]
  if (letters.length <= maxLength) return line
  const cut = letters.slice(0, maxLength).join('')
  const words = cut.replace(/\s+\S*$/, '')
  return `${words.length > maxLength / 3 ? words : cut}…`
}
