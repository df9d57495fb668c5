import { Check, Copy } from 'lucide-react'
import { memo, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/IconButton.tsx'
import { useCopy } from '../use-copy.ts'
import type { ColouredLines } from './highlight-code.ts'
import { useIsSettled } from './use-is-settled.ts'

/** Past this, colours cost more than they tell. */
const mostCharacters = 60_000
const groupLines = 50

interface CodeBlockProps {
  readonly code: string
  readonly language: string
  /** Otherwise it is still being written. */
  readonly isClosed: boolean
}

export const CodeBlock = memo(function CodeBlock({ code, language, isClosed }: CodeBlockProps) {
  const { t } = useTranslation()
  const { isCopied, copy } = useCopy()
  const lines = useColouredLines(code, language, isClosed)
  return (
    <figure dir="ltr" className="my-4 overflow-hidden rounded-lg border bg-card text-sm">
      <figcaption className="flex h-9 items-center justify-between border-b bg-muted ps-3 pe-1 text-xs text-muted-foreground">
        <span className="truncate font-mono">{language === '' ? t('conversation.code') : language}</span>
        <IconButton
          size="icon-small"
          label={isCopied ? t('ui.copied') : t('conversation.copyCode')}
          onClick={() => copy(code)}
        >
          {isCopied ? <Check /> : <Copy />}
        </IconButton>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="max-h-[32rem] overflow-auto p-3 font-mono leading-relaxed">
        <code>{lines === undefined ? <PlainCode code={code} /> : <ColouredCode lines={lines} />}</code>
      </pre>
    </figure>
  )
})

function useColouredLines(code: string, language: string, isClosed: boolean): ColouredLines | undefined {
  const [result, setResult] = useState<{ readonly code: string; readonly lines: ColouredLines | undefined }>()
  const isSettled = useIsSettled(code, isClosed)
  const isWanted = isSettled && language !== '' && code.length <= mostCharacters
  useEffect(() => {
    if (!isWanted) return
    let isGone = false
    import('./highlight-code.ts')
      .then(({ highlightCode }) => highlightCode(code, language))
      .then((lines) => {
        if (!isGone) setResult({ code, lines })
      })
      // It stays readable without colours.
      .catch(() => undefined)
    return () => {
      isGone = true
    }
  }, [code, language, isWanted])
  return result?.code === code ? result.lines : undefined
}

/** In groups of lines, so that a long listing that grows changes only its end. */
function PlainCode({ code }: { readonly code: string }) {
  const groups = useMemo(() => {
    const lines = code.split('\n')
    return Array.from({ length: Math.ceil(lines.length / groupLines) }, (_, index) => {
      const text = lines.slice(index * groupLines, (index + 1) * groupLines).join('\n')
      return { start: index * groupLines, text: (index + 1) * groupLines < lines.length ? `${text}\n` : text }
    })
  }, [code])
  return groups.map(({ start, text }) => <CodeGroup key={start} text={text} />)
}

const CodeGroup = memo(function CodeGroup({ text }: { readonly text: string }) {
  return <span>{text}</span>
})

const ColouredCode = memo(function ColouredCode({ lines }: { readonly lines: ColouredLines }) {
  return lines.map((line, number) => {
    const key = `${number}`
    return (
      <span key={key}>
        {line.map((token) => (
          <span key={token.offset} style={token.htmlStyle} className="dark:!text-(--shiki-dark)">
            {token.content}
          </span>
        ))}
        {number < lines.length - 1 ? '\n' : null}
      </span>
    )
  })
})
