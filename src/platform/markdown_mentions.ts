import type { StateCore, Token } from 'markdown-it'
import type { PostEnv } from './markdown.ts'

// Not after a letter, digit or sign of an address (mail, path, other networks); not before a domain (@docomo.ne.jp, @a@b).
const MENTION = /(?<![\w@/\\.+%&=:-])@(\w{3,20})(?![\w@]|-?[a-z0-9-]*\.[a-z]{2})/gi

/** Core rule: `@handle` outside code and links is noted in `env.mentioned`, and becomes a link where `env.handles` knows it. */
export function linkMentions(state: StateCore): void {
  const env = state.env as PostEnv
  for (const block of state.tokens) {
    if (block.type === 'inline' && block.children && block.content.includes('@')) block.children = mentionsIn(block.children, state, env)
  }
}

function mentionsIn(tokens: Token[], state: StateCore, env: PostEnv): Token[] {
  let insideLink = 0
  return tokens.flatMap((token, at) => {
    if (token.type === 'link_open' || token.type === 'link_close') insideLink += token.nesting
    if (token.type !== 'text' || insideLink > 0) return [token]
    return splitMentions(token, lastLetter(tokens[at - 1]), firstLetter(tokens[at + 1]), state, env)
  })
}

/** The letters around the token take part in the match: `a\_@taro` and `@taro\_x` are no mentions. */
function splitMentions(token: Token, before: string, after: string, state: StateCore, env: PostEnv): Token[] {
  const text = before + token.content + after
  const parts: Token[] = []
  let done = before.length
  for (const { index, 0: shown, 1: handle = '' } of text.matchAll(MENTION)) {
    if (index < before.length || index + shown.length > text.length - after.length) continue
    env.mentioned.add(handle.toLowerCase())
    const known = [handle, handle.toLowerCase()].find(name => env.handles?.has(name))
    if (!known) continue
    parts.push(textToken(state, token, text.slice(done, index)), ...mentionLink(state, token, known, shown))
    done = index + shown.length
    env.links += 1
  }
  if (parts.length === 0) return [token]
  return [...parts, textToken(state, token, text.slice(done, text.length - after.length))]
}

function mentionLink(state: StateCore, near: Token, handle: string, shown: string): Token[] {
  const open = new state.Token('link_open', 'a', 1)
  open.attrs = [
    ['class', 'mention'],
    ['href', `/u/${handle}`],
  ]
  open.meta = { mention: true }
  return [open, textToken(state, near, shown), new state.Token('link_close', 'a', -1)]
}

function textToken(state: StateCore, near: Token, content: string): Token {
  const token = new state.Token('text', '', 0)
  token.content = content
  token.level = near.level
  return token
}

function lastLetter(token: Token | undefined): string {
  return token?.type === 'text' || token?.type === 'text_special' ? token.content.slice(-1) : ''
}

function firstLetter(token: Token | undefined): string {
  return token?.type === 'text' || token?.type === 'text_special' ? token.content.slice(0, 1) : ''
}
