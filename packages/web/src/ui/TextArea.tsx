import { type ComponentProps, useId } from 'react'
import { classNames } from './class-names.ts'
import { FieldNote, fieldLook } from './TextField.tsx'

interface TextAreaProps extends ComponentProps<'textarea'> {
  readonly label: string
  readonly hint?: string | undefined
  readonly problem?: string | undefined
}

export function TextArea({ label, hint, problem, className, ...props }: TextAreaProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={4}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        className={classNames(fieldLook, 'py-2', className)}
        {...props}
      />
      <FieldNote id={`${id}-note`} note={note} isProblem={problem !== undefined} />
    </div>
  )
}
