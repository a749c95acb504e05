type Named = { handle: string }

/** Where a member's points are explained. */
export const pointsPath = ({ handle }: Named) => `/u/${handle}/points`

/** Where a member's level is explained. */
export const levelPath = ({ handle }: Named) => `/u/${handle}/level`
