import { createHmac, randomBytes } from 'node:crypto';

/**
 * Logical key hierarchy: Wallner, Harder, Agee, "Key Management for Multicast", RFC 2627, section 5.4, with the batch
 * rekeying of Wong, Gouda, Lam (SIGCOMM 1998; group-oriented). A tree of degree 4, which is the best one, over all
 * members. When members leave, all keys on their paths are made anew, and each new key is sent wrapped under each key
 * below it that is still somebody's. Members must have heard every rekey before.
 */
export interface Rekey {
  /** Wrapped keys. */
  readonly wraps: number;
  /** 16 bytes of wrapped key and 4 that name the node, as our own wraps have; and a signature of 65 bytes. */
  readonly bytes: number;
}

const degree = 4;

/** The keys of a full tree; a member is a leaf. */
export class LogicalKeyHierarchy {
  /** Levels from the leaves to the root. */
  private readonly levels: Buffer[][];
  private readonly gone = new Set<number>();

  constructor(members: number) {
    this.levels = [Array.from({ length: members }, () => randomBytes(16))];
    for (let count = members; count > 1;) {
      count = Math.ceil(count / degree);
      this.levels.push(Array.from({ length: count }, () => randomBytes(16)));
    }
  }

  /** Makes and wraps the new keys after these have left. */
  remove(leaving: readonly number[]): Rekey {
    for (const member of leaving) this.gone.add(member);
    let wraps = 0;
    let touched = new Set(leaving);
    for (const [level, keys] of this.levels.entries()) {
      const below = this.levels[level - 1];
      if (below === undefined) continue;
      touched = new Set([...touched].map((index) => Math.floor(index / degree)));
      for (const index of touched) {
        const fresh = randomBytes(16);
        for (let child = index * degree; child < Math.min((index + 1) * degree, below.length); child += 1) {
          const key = below[child];
          if (key === undefined || (level === 1 && this.gone.has(child))) continue;
          // A wrap costs what ours costs: a pad from the key, by HKDF with its two rounds.
          const pad = createHmac('sha256', createHmac('sha256', key).update('wrap').digest()).update(fresh).digest();
          if (pad.length === 32) wraps += 1;
        }
        keys[index] = fresh;
      }
    }
    return { wraps, bytes: wraps * 20 + 65 };
  }
}
