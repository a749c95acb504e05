// A process of its own: reads the words it is sent and answers with their readings. See readings.ts.
import { TokenizerBuilder } from 'lindera-wasm-nodejs-ipadic'
import { katakana, toHiragana } from './openers.ts'

type Token = { surface: string; reading?: string }

process.once('message', (words: string[]) => {
  const builder = new TokenizerBuilder()
  builder.setDictionary('embedded://ipadic')
  builder.setMode('normal')
  const tokenizer = builder.build()
  const readings = words.map(term => {
    const [token, ...more]: Token[] = tokenizer.tokenize(term)
    const isWord = more.length === 0 && token?.reading && token.reading !== '*'
    return { term, reading: isWord ? (token.reading ?? '').replace(katakana, toHiragana) : '' }
  })
  process.send?.(readings, () => process.exit(0))
})
