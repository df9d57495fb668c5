import { memo, useRef } from 'react'
import { CodeBlock } from './CodeBlock.tsx'
import { type CutText, cutText, type TextPiece } from './cut-text.ts'
import { Diagram } from './Diagram.tsx'
import { Prose } from './Prose.tsx'

/** The text of an answer. While it grows, only its last piece is read and shown anew. */
export const AnswerText = memo(function AnswerText(props: { readonly text: string; readonly isRunning: boolean }) {
  const before = useRef<CutText>(undefined)
  const cut = cutText(props.text, { isEnded: !props.isRunning, before: before.current })
  // Only spares work: a render that is thrown away leaves a cut of text that still begins this one.
  before.current = cut
  return (
    <div className="[&>:first-child>:first-child]:mt-0">
      {cut.settled.map((piece) => (
        <Piece key={piece.start} piece={piece} isOpen={false} />
      ))}
      {cut.open === undefined ? null : <Piece key={cut.open.start} piece={cut.open} isOpen={props.isRunning} />}
    </div>
  )
})

const Piece = memo(function Piece({ piece, isOpen }: { readonly piece: TextPiece; readonly isOpen: boolean }) {
  if (piece.type === 'prose') return <Prose text={piece.text} isOpen={isOpen} />
  const isClosed = piece.isClosed || !isOpen
  if (piece.language === 'mermaid') return <Diagram code={piece.code} isClosed={isClosed} />
  return <CodeBlock code={piece.code} language={piece.language} isClosed={isClosed} />
})
