/** Who follows what: lines by subject (`topic:42`) and subjects by line, both ways at the cost of one look. */
export function openRooms<Line>() {
  const bySubject = new Map<string, Set<Line>>()
  const byLine = new Map<Line, Set<string>>()

  return {
    join(line: Line, subject: string): void {
      bySubject.set(subject, (bySubject.get(subject) ?? new Set()).add(line))
      byLine.set(line, (byLine.get(line) ?? new Set()).add(subject))
    },

    part(line: Line, subject: string): void {
      const lines = bySubject.get(subject)
      lines?.delete(line)
      if (lines?.size === 0) bySubject.delete(subject)
      byLine.get(line)?.delete(subject)
    },

    leave(line: Line): void {
      for (const subject of byLine.get(line) ?? []) {
        const lines = bySubject.get(subject)
        lines?.delete(line)
        if (lines?.size === 0) bySubject.delete(subject)
      }
      byLine.delete(line)
    },

    linesOf: (subject: string): ReadonlySet<Line> => bySubject.get(subject) ?? NONE,
    subjectsOf: (line: Line): ReadonlySet<string> => byLine.get(line) ?? NONE,
    subjects: () => bySubject.size,
  }
}

const NONE: ReadonlySet<never> = new Set()
