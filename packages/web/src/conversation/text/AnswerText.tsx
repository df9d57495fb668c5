import { memo, useRef } from 'react'
import { CodeBlock } from './CodeBlock.tsx'
import { type CutText, cutText, type TextPiece } from './cut-text.ts'
import { Diagram } from './Diagram.tsx'
import { Prose } from './Prose.tsx'
import { referencesOf } from './references.ts'

/** The text of an answer. While it grows, only its last piece is read and shown anew. */
export const AnswerText = memo(function AnswerText(props: { readonly text: string; readonly isRunning: boolean }) {
  const before = useRef<CutText>(undefined)
  const cut = cutText(props.text, { isEnded: !props.isRunning, before: before.current })
  // Only spares work: a render that is thrown away leaves a cut of text that still begins this one.
  before.current = cut
  const references = referencesOf(cut, { isEnded: !props.isRunning })
  return (
    <div className="[&>:first-child>:first-child]:mt-0">
      {cut.settled.map((piece) => (
        <Piece key={piece.start} piece={piece} references={references.get(piece.start)} isOpen={false} />
      ))}
      {cut.open === undefined ? null : (
        <Piece
          key={cut.open.start}
          piece={cut.open}
          references={references.get(cut.open.start)}
          isOpen={props.isRunning}
        />
      )}
    </div>
  )
})

interface PieceProps {
  readonly piece: TextPiece
  readonly references: string | undefined
  readonly isOpen: boolean
}

const Piece = memo(function Piece({ piece, references, isOpen }: PieceProps) {
  if (piece.type === 'prose') return <Prose text={piece.text} references={references} isOpen={isOpen} />
  const isClosed = piece.isClosed || !isOpen
  if (piece.language === 'mermaid') return <Diagram code={piece.code} isClosed={isClosed} />
  return <CodeBlock code={piece.code} language={piece.language} isClosed={isClosed} />
})
