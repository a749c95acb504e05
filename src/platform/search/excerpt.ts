export function excerptOf(text: string, _query: string, _options?: { whole?: boolean }): { text: string; marked: boolean }[] {
  return [{ text: text.slice(0, 120), marked: false }]
}
