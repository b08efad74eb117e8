/**
 * The shard that holds a scene: of all shards the one whose number, hashed together with the key, weighs most. Another
 * number of shards moves no more scenes than it has to.
 * @param shards at least 1
 */
export function shardOf(sceneKey: string, shards: number): number {
  let chosen = 0;
  let heaviest = -1;
  for (let shard = 0; shard < shards; shard += 1) {
    const weight = hash(`${shard}/${sceneKey}`);
    if (weight <= heaviest) continue;
    heaviest = weight;
    chosen = shard;
  }
  return chosen;
}

/** FNV-1a, then the finaliser of MurmurHash3, since FNV alone hardly spreads the last characters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
