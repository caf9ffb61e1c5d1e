import { TributaryError } from '#sdk/protocol/problem';
import { drawCard } from '$lib/server/card-drawing.ts';
import { keptPicture, runPictureWork } from '$lib/server/picture-work.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';

const content = {
  name: 'Data that is flowing right now',
  summary:
    'Watch a stream’s pulse before you pay. License it by the hour. When the licence ends, the keys end with it.',
  category: 'weather',
  categoryName: 'A marketplace for real-time data',
  seller: 'Contracts alone decide on money and access',
  price: 'by the second'
} as const;

/** The social card of every page that has none of its own. */
export async function GET() {
  try {
    const card = await keptPicture('card/market', () => runPictureWork(() => drawCard(content)));
    return new Response(Uint8Array.from(card), {
      headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' }
    });
  } catch (error) {
    if (error instanceof TributaryError) return problemAnswer(error);
    throw error;
  }
}
