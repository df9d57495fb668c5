import { type ComponentProps, useId } from 'react'
import { classNames } from './class-names.ts'

interface TextFieldProps extends ComponentProps<'input'> {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with what was entered. */
  readonly problem?: string | undefined
  /** The label is for screen readers only. */
  readonly isLabelHidden?: boolean
}

export const fieldLook =
  'w-full rounded-md border border-input bg-card px-3 text-sm text-foreground placeholder:text-muted-foreground disabled:opacity-50 aria-invalid:border-destructive'

export function TextField({ label, hint, problem, isLabelHidden = false, className, ...props }: TextFieldProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <input
        id={id}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        className={classNames(fieldLook, 'h-9', className)}
        {...props}
      />
      <FieldNote id={`${id}-note`} note={note} isProblem={problem !== undefined} />
    </div>
  )
}

export function FieldNote(props: {
  readonly id: string
  readonly note: string | undefined
  readonly isProblem: boolean
}) {
  if (props.note === undefined) return null
  return (
    <p
      id={props.id}
      role={props.isProblem ? 'alert' : undefined}
      className={classNames('text-xs wrap-anywhere', props.isProblem ? 'text-destructive' : 'text-muted-foreground')}
    >
      {props.note}
    </p>
  )
}
