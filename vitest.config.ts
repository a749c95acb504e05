import { defineConfig } from 'vitest/config'

const HOUSE = 'test/house/*.test.ts'

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
    projects: [
      // The house reads files alone, so `npm run check` asks it without starting PostgreSQL.
      { extends: true, test: { name: 'house', include: [HOUSE] } },
      {
        extends: true,
        test: {
          name: 'forum',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [HOUSE],
          globalSetup: 'test/global_setup.ts',
        },
      },
    ],
  },
})
