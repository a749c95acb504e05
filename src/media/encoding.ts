import sharp, { type Sharp } from 'sharp'
import { Invalid } from '../platform/errors.ts'

// One picture works on one core at a time, and nothing of it stays in memory afterwards.
sharp.concurrency(1)
sharp.cache(false)

/** 60 megapixels: more than phones take, little enough to decode within 250 MB. */
const MOST_PIXELS = 60_000_000
const MOST_HEIGHT = 8_000
export const WIDTHS = [480, 960, 1600]
export const AVATAR = 256

/** A picture in one width. */
export type Sized = { width: number; height: number; data: Buffer }

// By its first bytes alone: names and declared types are the sender's words. SVG, PDF and whatever else can hold code has no entry.
const SIGNATURES: ((head: Buffer) => boolean)[] = [
  head => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  head => head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  head => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  head => /^GIF8[79]a/.test(head.toString('latin1', 0, 6)),
  head => head.toString('latin1', 4, 8) === 'ftyp' && /^(avif|avis|mif1)/.test(head.toString('latin1', 8, 12)),
]

/**
 * The picture again, made of its pixels alone: upright, without metadata or anything that hid in the file, the first frame of a moving
 * one, as WebP in the widths screens need, never enlarged. Throws Invalid at `picture` for anything that is no such picture.
 */
export async function encodePicture(file: Buffer): Promise<Sized[]> {
  const { width } = await look(file)
  const widths = [...WIDTHS.filter(each => each < width), Math.min(width, WIDTHS.at(-1) ?? width)]
  return readable(async () => {
    // A very tall picture gets narrower than asked for, maybe in every width alike.
    const sized = new Map<number, Sized>()
    for (const each of widths) {
      const made = await webp(open(file).resize({ width: each, height: MOST_HEIGHT, fit: 'inside', withoutEnlargement: true }))
      sized.set(made.width, made)
    }
    return [...sized.values()]
  })
}

/** A square of 256 pixels from the middle of the picture. Throws as `encodePicture` does. */
export async function encodeAvatar(file: Buffer): Promise<Sized> {
  await look(file)
  return readable(() => webp(open(file).resize({ width: AVATAR, height: AVATAR, fit: 'cover' })))
}

/** A picture of a document, once and large enough to read its small print. Throws as `encodePicture` does. */
export async function encodeDocument(file: Buffer): Promise<Sized> {
  await look(file)
  return readable(() => webp(open(file).resize({ width: 2000, height: 2000, fit: 'inside', withoutEnlargement: true })))
}

const open = (file: Buffer) =>
  sharp(file, { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 }).autoOrient().timeout({ seconds: 20 })

async function webp(picture: Sharp): Promise<Sized> {
  const { data, info } = await picture.webp({ quality: 80, effort: 3 }).toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** The size a reader sees, from the header alone: a bomb is refused before anything is decoded. */
async function look(file: Buffer): Promise<{ width: number }> {
  if (!SIGNATURES.some(matches => matches(file))) throw new Invalid({ picture: 'pictures.wrongType' })
  const { width = 0, height = 0, autoOrient } = await readable(() => sharp(file, { limitInputPixels: MOST_PIXELS, pages: 1 }).metadata())
  if (width * height > MOST_PIXELS) throw new Invalid({ picture: 'pictures.tooManyPixels' })
  return { width: autoOrient.width }
}

async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const tooMany = error instanceof Error && /pixel limit/i.test(error.message)
    throw new Invalid({ picture: tooMany ? 'pictures.tooManyPixels' : 'pictures.broken' })
  }
}
