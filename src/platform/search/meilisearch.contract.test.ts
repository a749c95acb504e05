import { randomBytes } from 'node:crypto'
import { Meilisearch } from 'meilisearch'
import { afterAll, describe } from 'vitest'
import { searchEngineContract } from '../../../test/search_engine_contract.ts'
import { createMeiliSearch } from './meilisearch.ts'

const { MEILI_URL: url, MEILI_KEY: key } = process.env
const index = `contract_${randomBytes(4).toString('hex')}`

describe.skipIf(!url)('on the Meilisearch that MEILI_URL names', () => {
  searchEngineContract(
    async () => {
      const engine = createMeiliSearch({ url: url ?? '', key, index })
      await (await engine.rebuild({ goOn: false })).finish()
      return engine
    },
    { triesSynonyms: false },
  )
  afterAll(() => new Meilisearch({ host: url ?? '', apiKey: key }).deleteIndexIfExists(index))
})
